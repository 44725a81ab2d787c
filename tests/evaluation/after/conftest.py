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
