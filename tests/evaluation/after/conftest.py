"""Tests of what follows a result use the council of the tests of rounds."""

from datetime import date
from typing import Any

import pytest
from tests.evaluation.rounds.conftest import Stage, stage  # noqa: F401  # a fixture

from shared.contracts.registry import CertificateSummary
from shared.contracts.roles import Role
from shared.ids import new_id


@pytest.fixture
def district_chair(stage: Stage) -> Any:  # noqa: F811  # the fixture
    return stage.office(Role.DISTRICT_CHAIR, "511", "district")


def certificate_of(world: Any, **changes: Any) -> CertificateSummary:
    """A 3-star certificate that Thăng Bình district issued in 2023, now answered for by Đà Nẵng."""
    values: dict[str, Any] = {
        "certificate_id": new_id(),
        "product_id": new_id(),
        "producer_id": new_id(),
        "dossier_id": None,
        "product_name": "Nước mắm Cửa Khe (thử)",
        "product_code": "49-513-20794-1-2023",
        "star": 3,
        "decision_number": "2201/QĐ-UBND",
        "decided_by": "Chủ tịch Ủy ban nhân dân huyện Thăng Bình",
        "issued_on": date(2023, 9, 15),
        "valid_to": date(2026, 9, 15),
        "holds_until": date(2026, 9, 15),
        "ended_reason": None,
        "commune_code": "20791",
        "commune_name": "Xã Thăng An",
        "district_code": None,
        "district_name": None,
        "province_code": "48",
        "province_name": "Thành phố Đà Nẵng",
    }
    found = CertificateSummary(**(values | changes))
    world.registry.certificates[found.certificate_id] = found
    return found


@pytest.fixture
async def ninety(stage: Stage) -> tuple[Any, Any, Any]:  # noqa: F811  # the fixture
    """(stage, a dossier of 2026 that its province scored with 100 points, its council), on 20 June 2026."""
    await stage.world.move_clock("2026-06-20")
    dossier = await stage.dossier("QD26-01")
    council = await stage.council("province", "49", year=2026)
    await stage.evaluated(council, dossier, 100)
    return stage, dossier, council


@pytest.fixture
async def case(stage: Stage) -> tuple[Any, Any, Any, Any]:  # noqa: F811  # the fixture
    """(stage on 15 June 2026, a certificate of an abolished district, the secretary and the chair of Đà Nẵng)."""
    await stage.world.move_clock("2026-06-15")
    secretary = stage.office(Role.PROVINCE_SECRETARY, "48", "province")
    return stage, certificate_of(stage.world), secretary, stage.office(Role.PROVINCE_CHAIR, "48", "province")
