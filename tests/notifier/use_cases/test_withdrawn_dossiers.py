"""What was owed on a dossier lapses when its producer takes it back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.evaluation import DossierReturned, DossierWithdrawn, ReportDue
from shared.contracts.roles import Level

START = datetime.fromisoformat("2023-05-02T08:00:00+07:00")


@pytest.mark.parametrize("told_first", [False, True])
@pytest.mark.parametrize("owed", ["report", "repair"])
async def test_a_report_or_a_repair_is_no_longer_owed(notifier: Any, make: Any, told_first: bool, owed: str) -> None:
    report = ReportDue(
        dossier_id=make.known("dossier"),
        product_name="Nước mắm",
        commune_code="20000",
        commune_name="Xã Một",
        superior_unit_code="502",
        superior_level=Level.DISTRICT,
        year=2023,
        due_on=date(2023, 5, 20),
        source="Quyết định 148/QĐ-TTg",
    )
    repair = DossierReturned(
        dossier_id=make.known("dossier"),
        producer_id=make.known("producer"),
        product_name="Nước mắm",
        reasons="Thiếu giấy phép",
        commune_code="20000",
    )
    withdrawn = DossierWithdrawn(
        dossier_id=make.known("dossier"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        product_name="Nước mắm",
        commune_code="20000",
        district_code="502",
        province_code="49",
        year=2023,
        withdrawn_on=date(2023, 5, 4),
        reason="Chờ giấy mới",
    )
    await notifier.clock("2023-05-05T08:00:00+07:00")
    told = [
        make.told(report if owed == "report" else repair, START),
        make.told(withdrawn, START + timedelta(hours=48)),
    ]
    await notifier.tell(*(told[::-1] if told_first else told))
    await notifier.turn()
    (row,) = await notifier.rows("SELECT state FROM obligations")
    assert row["state"] == "waived"
