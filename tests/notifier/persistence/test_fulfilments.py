"""Deeds are kept until the transaction ends and written together, as if each had been written when it was told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from notifier.domain.fulfilments import Deed
from shared.contracts.evaluation import SheetSubmitted
from shared.testing.statements import counted_statements

AT = datetime(2023, 7, 1, tzinfo=UTC)
KEPT = "SELECT item, about, year, revision, withdrawn_at FROM fulfilments ORDER BY item, about"


def deed(item: str, *abouts: str, year: int | None = None, revision: int = 0) -> Deed:
    return Deed(event_type="t", item=item, abouts=abouts, at=AT, year=year, revision=revision)


async def test_the_deeds_of_a_batch_of_events_are_one_statement(notifier: Any, make: Any) -> None:
    sheets = [
        SheetSubmitted(
            round_id=make.known("round"),
            dossier_id=make.known(f"d{n}"),
            member_id=make.known("m"),
            submitted_at=AT,
        )
        for n in range(100)
    ]
    with counted_statements() as statements:
        await notifier.tell(*sheets)
    assert len([s for s in statements if "INTO fulfilments" in s]) == 1
    assert len([s for s in statements if "INTO" in s]) == 2, "the inbox and the deeds"
    assert len(await notifier.rows(KEPT)) == 100


@pytest.mark.parametrize("revisions", [(1, 2), (2, 1), (2, 2)])
async def test_of_one_deed_told_twice_in_a_transaction_the_higher_revision_or_else_the_first_counts(
    notifier: Any, revisions: tuple[int, int]
) -> None:
    async with notifier.context.uow() as uow:
        for year, revision in zip((2023, 2024), revisions, strict=True):
            uow.fulfilments.record(deed("a", "x", year=year, revision=revision))
    (row,) = await notifier.rows(KEPT)
    assert (row["year"], row["revision"]) == {(1, 2): (2024, 2), (2, 1): (2023, 2), (2, 2): (2023, 2)}[revisions]


async def test_a_deed_about_a_thing_named_twice_is_kept_once(notifier: Any) -> None:
    async with notifier.context.uow() as uow:
        uow.fulfilments.record(deed("a", "y", "x", "y"))
    assert [row["about"] for row in await notifier.rows(KEPT)] == ["x", "y"]


async def test_a_deed_withdrawn_in_its_own_transaction_is_withdrawn(notifier: Any) -> None:
    async with notifier.context.uow() as uow:
        uow.fulfilments.record(deed("a", "x", year=2023))
        await uow.fulfilments.withdraw("t", "a", "x", AT)
    (row,) = await notifier.rows(KEPT)
    assert (row["year"], row["withdrawn_at"]) == (2023, AT)


async def test_what_was_forgotten_is_not_written(notifier: Any) -> None:
    async with notifier.context.uow() as uow:
        uow.fulfilments.record(deed("undone", "x"))
        uow.forget()
        uow.fulfilments.record(deed("done", "x"))
    assert [row["item"] for row in await notifier.rows(KEPT)] == ["done"]
