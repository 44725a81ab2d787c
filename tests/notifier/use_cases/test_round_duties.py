"""Meetings and advisory reports are reminded of; who owes no sheet any more is not."""

from datetime import date, datetime, timedelta
from typing import Any

from shared.contracts.evaluation import (
    AdvisoryReportSent,
    DossierLeftRound,
    DossierReturned,
    MemberRecused,
    RoundScheduled,
    ScoringOpened,
    SheetSubmitted,
)
from shared.contracts.roles import Level

START = datetime.fromisoformat("2023-06-05T08:00:00+07:00")


def opened(make: Any, *members: str) -> ScoringOpened:
    return ScoringOpened(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Thành phố Tam Kỳ",
        year=2023,
        due_on=date(2023, 6, 30),
        member_ids=tuple(make.known(member) for member in members),
        dossiers=2,
    )


def left(make: Any, dossier: str, *members: str) -> DossierLeftRound:
    return DossierLeftRound(
        round_id=make.known("round"),
        dossier_id=make.known(dossier),
        level=Level.DISTRICT,
        unit_code="502",
        year=2023,
        because="returned",
        member_ids=tuple(make.known(member) for member in members),
        adviser_ids=(make.known("head"),),
    )


def recused(make: Any, dossier: str, member: str) -> MemberRecused:
    return MemberRecused(round_id=make.known("round"), dossier_id=make.known(dossier), member_id=make.known(member))


def sheet(make: Any, dossier: str, member: str) -> SheetSubmitted:
    return SheetSubmitted(
        round_id=make.known("round"),
        dossier_id=make.known(dossier),
        member_id=make.known(member),
        submitted_at=START,
    )


def scheduled(make: Any, meeting_on: date, *dossiers: str) -> RoundScheduled:
    return RoundScheduled(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Thành phố Tam Kỳ",
        year=2023,
        meeting_on=meeting_on,
        place="Hội trường (thử)",
        attending=(make.known("m1"), make.known("head")),
        adviser_ids=(make.known("head"),),
        advisory_due_on=date(2023, 6, 20),
        dossier_ids=tuple(make.known(dossier) for dossier in dossiers),
    )


async def test_a_member_who_stands_aside_is_no_longer_reminded_to_score(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    await notifier.tell(
        opened(make, "m1", "m2"),
        make.appointed("m1", "council_member", "502"),
        make.appointed("m2", "council_member", "502"),
        recused(make, "d1", "m1"),
        sheet(make, "d2", "m1"),
    )
    await notifier.at("2023-06-29T08:00:00+07:00")
    rows = await notifier.rows("SELECT person_id, state, done FROM obligations ORDER BY done DESC")
    assert [tuple(row.values()) for row in rows] == [(make.known("m1"), "met", 2), (make.known("m2"), "open", 0)]
    assert {mail["To"].addresses[0].addr_spec for mail in notifier.mail.mails} == {"m2@demo.ocop.example"}


async def test_a_sheet_and_a_conflict_on_one_dossier_count_once(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    await notifier.tell(opened(make, "m1"), sheet(make, "d1", "m1"), recused(make, "d1", "m1"))
    await notifier.tell(left(make, "d1", "m1"))
    await notifier.at("2023-06-06T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT state, done, total FROM obligations")
    assert tuple(row.values()) == ("open", 1, 2)


async def test_members_owe_nothing_on_a_dossier_that_left_the_round(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    await notifier.tell(opened(make, "m1"), sheet(make, "d2", "m1"), left(make, "d1", "m1"))
    await notifier.at("2023-06-06T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT state, done FROM obligations")
    assert tuple(row.values()) == ("met", 2)


async def test_a_meeting_is_reminded_of_before_its_day_and_moves_with_the_schedule(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    await notifier.tell(
        make.told(scheduled(make, date(2023, 6, 12)), START),
        make.told(scheduled(make, date(2023, 6, 26)), START + timedelta(hours=1)),
        make.appointed("m1", "council_member", "502"),
    )
    rows = await notifier.rows("SELECT due_on, title FROM obligations WHERE code = 'council_meeting'")
    assert {row["due_on"] for row in rows} == {date(2023, 6, 26)}
    assert len(rows) == 2
    await notifier.at("2023-06-12T08:00:00+07:00")
    assert notifier.mail.mails == []
    await notifier.at("2023-06-25T08:00:00+07:00")
    assert [mail["To"].addresses[0].addr_spec for mail in notifier.mail.mails] == ["m1@demo.ocop.example"]
    await notifier.at("2023-07-10T08:00:00+07:00")
    assert len(notifier.mail.mails) == 1, "nobody is overdue with a meeting"


async def test_the_head_of_the_team_owes_the_reports_that_are_not_there_yet(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    await notifier.tell(make.told(scheduled(make, date(2023, 6, 26), "d1", "d2"), START))
    sent = AdvisoryReportSent(
        dossier_id=make.known("d1"),
        council_id=make.known("council"),
        round_id=make.known("round"),
        level=Level.DISTRICT,
        year=2023,
        head_ids=(make.known("head"),),
    )
    await notifier.tell(make.told(sent, START + timedelta(days=1)))
    await notifier.at("2023-06-07T08:00:00+07:00")
    query = "SELECT state, done, total, person_id FROM obligations WHERE code = 'advisory_report'"
    (row,) = await notifier.rows(query)
    assert tuple(row.values()) == ("open", 1, 2, make.known("head"))
    await notifier.tell(make.told(left(make, "d2"), START + timedelta(days=2)))
    await notifier.at("2023-06-08T08:00:00+07:00")
    (row,) = await notifier.rows(query)
    assert row["state"] == "met"


async def test_a_repair_with_a_deadline_is_reminded_of(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-06-05T08:00:00+07:00")
    event = DossierReturned(
        dossier_id=make.known("dossier"),
        producer_id=make.known("producer"),
        product_name="Nước mắm",
        reasons="Thiếu giấy",
        commune_code="20000",
        level=Level.DISTRICT,
        due_on=date(2023, 6, 20),
    )
    await notifier.tell(event)
    (row,) = await notifier.rows("SELECT due_on, next_step_at IS NULL AS silent FROM obligations")
    assert row["due_on"] == date(2023, 6, 20)
