"""Reads of rounds: one query for one thing, two for a list (performance.md), whatever the round's size."""

from typing import Any

from sqlalchemy import event


async def queries_of(stage: Any, path: str, actor: Any) -> int:
    """How many statements a read sends, besides those that open and end its transaction."""
    sent: list[str] = []
    engine = stage.world.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = await stage.world.call("GET", path, actor)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    return len(sent)


async def test_a_round_a_sheet_and_a_council_are_one_query_and_lists_at_most_two(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council = await stage.council()
    dossiers = [await stage.dossier() for _ in range(3)]
    round_id = await stage.round(council, *dossiers)
    for dossier in dossiers:
        await stage.score(council, round_id, dossier, 60)
    for path in (
        f"/rounds/{round_id}",
        f"/rounds/{round_id}/dossiers/{dossiers[0]}/score-sheet",
        f"/councils/{council.id}",
        "/rounds",
        "/councils",
    ):
        assert await queries_of(stage, path, council.chair) == 1, path
    await stage.close(council, round_id)
    for path in (f"/rounds/{round_id}/results", f"/dossiers/{dossiers[0]}/results"):
        assert await queries_of(stage, path, council.chair) <= 2, path
    page = await stage.ok("GET", f"/rounds/{round_id}/results?limit=2", council.chair)
    rest = await stage.ok("GET", f"/rounds/{round_id}/results?limit=2&cursor={page['next']}", council.chair)
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
