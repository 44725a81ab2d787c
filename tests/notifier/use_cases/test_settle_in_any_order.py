"""Events come late, twice and in any order; what follows from them is always the same."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from notifier.tasks.reminders import CatchUp
from notifier.use_cases.make_reminders import make_reminders
from notifier.use_cases.settle_duties import miss_deadlines
from shared.contracts.commerce import OutletClosed, OutletOpened
from shared.contracts.evaluation import (
    CommuneReportSent,
    DossierFiled,
    DossierReturned,
    ReportDue,
    RoundFinished,
    ScoringOpened,
    SheetSubmitted,
)
from shared.contracts.registry import CertificateEnded, CertificateIssued, UnitReportSubmitted
from shared.contracts.roles import Level

START = datetime.fromisoformat("2023-05-02T08:00:00+07:00")


def outlet(make: Any, unit: str, opened: str, name: str) -> OutletOpened:
    return OutletOpened(
        outlet_id=make.known(name),
        name=name,
        commune_code="20000",
        unit_code=unit,
        province_code="49",
        opened_on=date.fromisoformat(opened),
        year=2023,
        revision=1,
    )


def filed(make: Any, kind: str = "first", on: str = "2023-05-02") -> DossierFiled:
    return DossierFiled(
        dossier_id=make.known("dossier"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        product_name="Nước mắm",
        kind=kind,
        ruleset="qd148-2023",
        sheet="QD148-01",
        year=2023,
        commune_code="20000",
        district_code="502",
        province_code="49",
        filed_on=date.fromisoformat(on),
    )


def report_due(make: Any, due_on: str | None = "2023-05-20") -> ReportDue:
    return ReportDue(
        dossier_id=make.known("dossier"),
        product_name="Nước mắm",
        commune_code="20000",
        commune_name="Xã Một",
        superior_unit_code="502",
        superior_level=Level.DISTRICT,
        year=2023,
        due_on=date.fromisoformat(due_on) if due_on else None,
        source="Quyết định 148/QĐ-TTg",
    )


def returned(make: Any) -> DossierReturned:
    return DossierReturned(
        dossier_id=make.known("dossier"),
        producer_id=make.known("producer"),
        product_name="Nước mắm",
        reasons="Thiếu {giấy} phép",
        commune_code="20000",
    )


def reported(make: Any) -> CommuneReportSent:
    return CommuneReportSent(dossier_id=make.known("dossier"), commune_code="20000", year=2023)


def scoring(make: Any, dossiers: int = 2) -> ScoringOpened:
    return ScoringOpened(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Thành phố Tam Kỳ",
        year=2023,
        due_on=date(2023, 6, 30),
        member_ids=(make.known("m1"), make.known("m2"), make.known("m3")),
        dossiers=dossiers,
    )


def sheet(make: Any, member: str, dossier: str, at: datetime = START) -> SheetSubmitted:
    return SheetSubmitted(
        round_id=make.known("round"), dossier_id=make.known(dossier), member_id=make.known(member), submitted_at=at
    )


def finished(make: Any) -> RoundFinished:
    return RoundFinished(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        year=2023,
        finished_on=date(2023, 7, 10),
    )


def quarter(make: Any, period: str, code: str = "quarterly_review", unit: str = "502") -> UnitReportSubmitted:
    return UnitReportSubmitted(
        report_id=make.known(f"{unit} {code} {period}"), unit_code=unit, year=2023, period=period, code=code
    )


def certificate(make: Any, valid_to: str = "2026-08-15", name: str = "certificate") -> CertificateIssued:
    return CertificateIssued(
        certificate_id=make.known(name),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        dossier_id=make.known("dossier"),
        product_code="49-502-20000-001-2023",
        product_name="Nước mắm",
        star=3,
        decision_number="12/QĐ-UBND",
        issued_on=date(2023, 8, 16),
        valid_to=date.fromisoformat(valid_to),
        commune_code="20000",
        district_code="502",
        province_code="49",
        year=2023,
    )


def story(make: Any) -> list[Any]:
    """A year of one district, each event with the instant it happened."""
    events: list[Any] = [
        make.deadline("502"),
        make.deadline("502", code="outlet_in_district", due_on="2023-12-31", fulfilled_by="commerce.outlet_opened"),
        make.deadline(
            "502",
            code="quarterly_review",
            period="2023-Q2",
            due_on="2023-06-30",
            fulfilled_by="registry.unit_report_submitted",
        ),
        make.deadline("502", due_on="2023-08-15", revision=2),
        filed(make),
        report_due(make),
        returned(make),
        filed(make, on="2023-05-02"),
        report_due(make, "2023-06-10"),
        reported(make),
        scoring(make),
        sheet(make, "m1", "d1"),
        sheet(make, "m1", "d2"),
        sheet(make, "m2", "d1"),
        quarter(make, "2023-Q1"),
        quarter(make, "2023-Q2"),
        quarter(make, "2023-Q2", code="periodic_report"),
        finished(make),
        outlet(make, "502", "2023-05-02", "first outlet"),
        OutletClosed(
            outlet_id=make.known("first outlet"),
            unit_code="502",
            closed_on=date(2023, 6, 1),
            reason="Chuyển địa điểm",
            revision=2,
        ),
        outlet(make, "502", "2023-07-01", "second outlet"),
        certificate(make),
        make.secretary("502"),
        make.appointed("sec502", "district_secretary", "502", valid_to="2023-12-31", revision=2),
    ]
    return [make.told(event, START + timedelta(minutes=n)) for n, event in enumerate(events)]


STATE = """
    SELECT code, about, title, unit_code, due_on::text, revision, state, done, total, late, met_at,
           fulfilled_by, source, waived_by,
           (SELECT jsonb_agg(jsonb_build_array(r.revision, r.due_on) ORDER BY r.revision)::text
            FROM deadline_revisions r WHERE r.obligation_id = o.id) AS deadlines
    FROM obligations o ORDER BY code, about, person_id
"""


async def outcome(notifier: Any) -> tuple[Any, ...]:
    await notifier.turn()
    people = await notifier.rows("SELECT id, valid_to::text, revision FROM appointment_projections ORDER BY id")
    return await notifier.rows(STATE), people


@pytest.fixture
async def expected(notifier: Any, make: Any) -> Any:
    await notifier.clock("2023-09-01T08:00:00+07:00")
    await notifier.tell(*story(make))
    result = await outcome(notifier)
    await notifier.admin.execute(
        "TRUNCATE notifier.notices, notifier.reminder_steps, notifier.deadline_revisions, notifier.obligations,"
        " notifier.fulfilments, notifier.appointment_projections, notifier.inbox CASCADE"
    )
    return result


async def test_the_story_ends_as_the_law_says(expected: Any) -> None:
    states = {(row["code"], row["about"]): (row["state"], row["done"], row["total"]) for row in expected[0]}
    by_code: dict[str, list[Any]] = {}
    for (code, _), state in states.items():
        by_code.setdefault(code, []).append(state)
    assert by_code["district_evaluation"] == [("met", 1, 1)]
    assert by_code["outlet_in_district"] == [("met", 1, 1)]
    assert by_code["quarterly_review"] == [("met", 1, 1)]
    assert by_code["commune_report"] == [("met", 1, 1)]
    assert by_code["dossier_repair"] == [("met", 1, 1)]
    assert by_code["certificate_renewal"] == [("open", 0, 1)]
    members = [(row["state"], row["done"], row["total"]) for row in expected[0] if row["code"] == "score_sheets"]
    assert sorted(members) == [("met", 2, 2), ("waived", 0, 2), ("waived", 1, 2)]


@pytest.mark.parametrize("order", ["reversed", "shuffled 1", "shuffled 2", "five times", "one at a time, reversed"])
async def test_any_order_and_repetition_gives_the_same_state(
    notifier: Any, make: Any, expected: Any, order: str
) -> None:
    told = story(make)
    if order.endswith("reversed"):
        told.reverse()
    elif order.startswith("shuffled"):
        random.Random(order).shuffle(told)
    else:
        told = told * 5
        random.Random(5).shuffle(told)
    if order.startswith("one"):
        for one in told:
            await notifier.tell(one)
            await notifier.turn()
    else:
        await notifier.tell(*told)
    assert await outcome(notifier) == expected


async def test_the_same_fact_told_by_new_events_changes_nothing(notifier: Any, make: Any, expected: Any) -> None:
    told = story(make)
    again = [make.told(one.event, one.at) for one in told]
    await notifier.tell(*told, *reversed(again))
    assert await outcome(notifier) == expected


async def test_an_outlet_that_closed_before_the_deadline_does_not_count_and_one_that_closed_later_does(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-09-01T08:00:00+07:00")
    for unit, closed in (("502", date(2023, 12, 31)), ("503", date(2024, 1, 1))):
        duty = make.deadline(
            unit, code="outlet_in_district", due_on="2023-12-31", fulfilled_by="commerce.outlet_opened"
        )
        name = f"outlet {unit}"
        closing = OutletClosed(
            outlet_id=make.known(name), unit_code=unit, closed_on=closed, reason="Hết hợp đồng", revision=2
        )
        await notifier.tell(duty, outlet(make, unit, "2023-05-01", name))
        await notifier.turn()
        await notifier.tell(closing)
    await notifier.turn()
    rows = await notifier.rows("SELECT unit_code, state FROM obligations ORDER BY unit_code")
    assert [tuple(row.values()) for row in rows] == [("502", "open"), ("503", "met")]


async def test_a_report_sent_before_the_dossier_was_returned_does_not_meet_the_new_duty(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-05-05T08:00:00+07:00")
    at = [START + timedelta(hours=n) for n in range(4)]
    await notifier.tell(make.told(report_due(make), at[0]), make.told(returned(make), at[1]))
    await notifier.turn()
    rows = await notifier.rows("SELECT code, state FROM obligations ORDER BY code")
    assert [tuple(row.values()) for row in rows] == [("commune_report", "met"), ("dossier_repair", "open")]
    await notifier.tell(make.told(filed(make), at[2]), make.told(report_due(make, None), at[2]))
    await notifier.turn()
    rows = await notifier.rows("SELECT code, state, due_on FROM obligations ORDER BY code")
    assert [tuple(row.values()) for row in rows] == [
        ("commune_report", "open", None),
        ("dossier_repair", "met", None),
    ]


async def test_a_revoked_certificate_ends_the_duty_to_renew_it_even_when_its_end_is_told_first(
    notifier: Any, make: Any
) -> None:
    ended = CertificateEnded(
        certificate_id=make.known("certificate"),
        product_id=make.known("product"),
        ended_on=date(2024, 1, 5),
        reason="revoked",
    )
    await notifier.clock("2026-07-10T08:00:00+07:00")
    await notifier.tell(ended, certificate(make))
    await notifier.at("2026-07-10T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT state FROM obligations")
    assert row["state"] == "waived"
    assert await notifier.rows("SELECT * FROM notices") == []


async def test_only_a_dossier_filed_after_the_certificate_renews_it(notifier: Any, make: Any) -> None:
    await notifier.clock("2026-01-10T08:00:00+07:00")
    await notifier.tell(filed(make), certificate(make))
    await notifier.turn()
    assert (await notifier.rows("SELECT state FROM obligations"))[0]["state"] == "open"
    await notifier.tell(filed(make, "renewal", "2026-01-09"))
    await notifier.turn()
    assert (await notifier.rows("SELECT state FROM obligations"))[0]["state"] == "met"


async def test_a_producer_is_told_a_year_ahead_and_its_commune_when_it_is_late(notifier: Any, make: Any) -> None:
    people = [
        make.appointed("maker", "producer", "20000", Level.COMMUNE, producer=make.known("producer")),
        make.appointed("officer", "commune_officer", "20000", Level.COMMUNE),
    ]
    await notifier.clock("2025-07-16T08:00:00+07:00")
    await notifier.tell(certificate(make), *people)
    await notifier.at("2025-07-16T08:00:00+07:00")
    (mail,) = notifier.mail.mails
    assert mail["To"].addresses[0].addr_spec == "maker@demo.ocop.example"
    assert "Còn 365 ngày" in mail["Subject"]
    await notifier.at("2026-07-17T08:00:00+07:00")
    assert {m["To"].addresses[0].addr_spec for m in notifier.mail.mails[1:]} == {
        "maker@demo.ocop.example",
        "officer@demo.ocop.example",
    }


async def test_progress_of_a_member_counts_each_dossier_once(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-29T08:00:00+07:00")
    await notifier.tell(
        scoring(make, 3),
        make.appointed("m1", "council_member", "502"),
        sheet(make, "m1", "d1"),
        sheet(make, "m1", "d1"),
        sheet(make, "m2", "d2"),
    )
    await notifier.at("2023-06-29T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT done, total FROM obligations WHERE person_id = $1", make.known("m1"))
    assert tuple(row.values()) == (1, 3)
    (mail,) = notifier.mail.mails
    assert "Còn lại: 2 trong 3 phần việc (đã xong 1)" in notifier.mail.text(mail)


async def test_a_duty_without_a_clock_is_listed_and_never_reminded_of(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-05-05T08:00:00+07:00")
    await notifier.tell(report_due(make, None), make.appointed("officer", "commune_officer", "20000", Level.COMMUNE))
    await notifier.at("2030-05-05T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT state, next_step_at, listed_on::text FROM obligations")
    assert tuple(row.values()) == ("open", None, "9999-12-31")
    assert await notifier.rows("SELECT * FROM notices") == []
    assert await notifier.unsettled() == 0


async def test_nobody_is_called_silent_while_another_process_applies_what_was_told(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-08-01T00:00:01+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.tell(make.told(finished(make), datetime.fromisoformat("2023-07-10T08:00:00+07:00")))
    async with notifier.context.uow() as settling:
        assert await settling.settlement.alone()
        async with notifier.context.uow() as other:
            await miss_deadlines(other)
        async with notifier.context.uow() as other:
            assert await make_reminders(other) == 0
    assert await notifier.rows("SELECT * FROM silences") == []
    await notifier.turn()
    assert [row["state"] for row in await notifier.rows("SELECT state FROM obligations")] == ["met"]
    assert await notifier.rows("SELECT * FROM notices") == []


async def test_a_deed_that_is_known_but_not_yet_applied_keeps_its_duty_from_being_missed(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.turn()
    await notifier.clock("2023-08-01T00:00:01+07:00")
    await notifier.tell(finished(make))
    async with notifier.context.uow() as uow:
        missed = await uow.settlement.miss(await uow.now())
    assert [row.unit_code for row in missed] == ["503"]


def test_a_worker_catches_up_before_it_names_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([100.0, 100.0, 114.9, 115.1])
    monkeypatch.setattr("notifier.tasks.reminders.time.monotonic", lambda: next(instants))
    first = CatchUp()
    assert [first.over(), first.over(), first.over()] == [False, False, True]
