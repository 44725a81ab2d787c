"""The commit comes before the answer: what could not be kept is never called created."""

import pytest
from tests.commerce.world import TRADE, World, outlet_draft

from shared.ids import new_id

TRIGGER = """
CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused at commit' USING ERRCODE = '{code}'; END $$;
CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON outlets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit();
"""


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("23505", 409, "conflict"), ("P0001", 500, "internal-error"), ("40001", 503, "unavailable")],
)
async def test_a_constraint_that_fails_at_commit_is_an_error_and_leaves_nothing(
    world: World, code: str, status: int, kind: str
) -> None:
    draft, key = outlet_draft(), str(new_id())
    await world.execute(TRIGGER.format(code=code))
    try:
        answer = await world.post("/outlets", draft, TRADE, key)
    finally:
        await world.execute("DROP TRIGGER fail_at_commit ON outlets; DROP FUNCTION fail_at_commit")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert "refused at commit" not in answer.text
    assert (await world.get("/outlets", q=draft["name"])).json()["items"] == []
    assert draft["name"] not in [event["name"] for event in await world.told("commerce.outlet_opened")]
    again = await world.post("/outlets", draft, TRADE, key)
    assert (again.status_code, "idempotent-replay" in again.headers) == (201, False)


async def test_an_answer_of_created_can_be_read_at_once(world: World) -> None:
    for _ in range(10):
        made = await world.post("/outlets", outlet_draft(), TRADE)
        assert (await world.client.get(made.headers["location"])).status_code == 200
