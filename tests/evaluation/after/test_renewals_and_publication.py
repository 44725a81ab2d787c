"""Renewals keep to their window; result lists are public once published."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.worlds import producer_of

from evaluation.domain.catalogue import shipped_rulesets
from evaluation.domain.renewals import Timeliness, renewal_window
from shared.contracts.roles import Role

LAW = {ruleset.id: ruleset for ruleset in shipped_rulesets()}


@settings(deadline=None)
@given(st.dates(date(2026, 6, 1), date(2035, 12, 31)), st.integers(-400, 400))
def test_a_renewal_is_early_in_time_late_or_too_late_by_days_before_its_end(valid_to: date, before: int) -> None:
    window = renewal_window(LAW["qd26-2026"], valid_to)
    assert window is not None
    found = window.timeliness(valid_to - timedelta(days=before))
    expected = (
        Timeliness.TOO_EARLY
        if before > 180
        else Timeliness.IN_WINDOW
        if before >= 120
        else Timeliness.LATE_KEPT
        if before >= 0
        else Timeliness.TOO_LATE
    )
    assert found is expected
    assert window.kept_to == valid_to + timedelta(days=180)


@pytest.mark.parametrize("ruleset", ["qd1048-2019", "qd148-2023", "qd148-2023+qd1489-2025"])
def test_before_2026_no_window_bounds_a_renewal(ruleset: str) -> None:
    assert renewal_window(LAW[ruleset], date(2026, 9, 15)) is None


async def test_a_renewal_is_begun_and_filed_within_its_window_only(world: Any) -> None:
    valid_to = date(2026, 12, 31)
    product = world.product(live_certificate_valid_to=valid_to, last_certificate_valid_to=valid_to)
    body = {"product_id": str(product.product_id), "kind": "renewal"}
    await world.move_clock("2026-07-03")
    answer = await world.call("POST", "/dossiers", producer_of(product), body)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/renewal-outside-window")
    assert (problem["opens_on"], problem["closes_on"]) == ("2026-07-04", "2026-09-02")
    assert "04/07/2026" in problem["detail"]
    await world.move_clock("2026-07-04")
    draft = await world.filled(product, "renewal")
    await world.move_clock("2027-01-01")
    late = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert (late.status_code, late.json()["kept_to"]) == (409, "2027-06-29")
    await world.move_clock("2026-12-31")
    filed = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert filed.status_code == 201, filed.text
    (event,) = await world.events("evaluation.dossier_filed", draft["id"])
    assert event["certificate_kept_to"] == "2027-06-29", "it could not meet its window: kept until the result"
    (due,) = await world.events("evaluation.renewal_decision_due", draft["id"])
    assert (due["due_on"], due["unit_code"]) == ("2027-02-14", "49")


async def test_a_product_without_a_certificate_has_nothing_to_renew(world: Any) -> None:
    await world.move_clock("2026-07-03")
    product = world.product()
    body = {"product_id": str(product.product_id), "kind": "renewal"}
    answer = await world.call("POST", "/dossiers", producer_of(product), body)
    assert answer.status_code == 409
    upgrade = await world.call("POST", "/dossiers", producer_of(product), body | {"kind": "upgrade"})
    assert upgrade.status_code == 201, "an upgrade is begun at any time"


async def test_results_are_public_once_the_round_is_finished_and_published(stage: Any, district_chair: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    three, up, low = [await stage.dossier() for _ in range(3)]
    council = await stage.council()
    round_id = await stage.round(council, three, up, low)
    for dossier, total in ((three, 60), (up, 75), (low, 40)):
        await stage.score(council, round_id, dossier, total)
    await stage.close(council, round_id)
    draft = {"round_id": round_id}
    problem = await stage.refused(409, "POST", "/publications", council.secretary, draft)
    assert {one["dossier_id"] for one in problem["dossiers"]} == {str(three), str(up)}
    signed = {"dossier_id": str(three), "number": "77/QĐ-UBND", "signed_on": "2023-07-20"}
    await stage.ok("POST", "/decisions", district_chair, signed)
    await stage.ok("POST", f"/dossiers/{up}/forwarding", council.secretary)
    await stage.refused(403, "POST", "/publications", council.chair, draft)
    made = await stage.ok("POST", "/publications", council.secretary, draft)
    await stage.refused(409, "POST", "/publications", council.secretary, draft)
    public = await stage.world.call("GET", f"/publications/{made['id']}/results")
    assert public.status_code == 200
    items = {item["outcome"]: item for item in public.json()["items"]}
    assert set(items) == {"recognised", "forwarded"}, "what was not recognised is told to its producer only"
    assert (items["recognised"]["star"], items["recognised"]["decision_number"]) == (3, "77/QĐ-UBND")
    assert (items["forwarded"]["star"], items["forwarded"]["forwarded_to"]) == (None, "province")
    assert not {"phone", "email", "representative", "producer_id", "person_id"} & set(items["recognised"])
    (listed,) = (await stage.world.call("GET", "/publications?year=2023")).json()["items"]
    assert listed["id"] == made["id"]


async def test_the_outcome_tells_points_and_reasons_to_producer_and_commune_once_released(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    low, waiting = await stage.dossier(), await stage.dossier()
    council = await stage.council()
    round_id = await stage.round(council, low, waiting)
    await stage.score(council, round_id, low, 40)
    await stage.score(council, round_id, waiting, 60)
    path = f"/dossiers/{low}/outcome"
    before = await stage.ok("GET", path, stage.producer(low))
    assert (before["results"], before["criteria"], before["objection"]) == ([], [], None)
    await stage.close(council, round_id)
    outcome = await stage.ok("GET", path, stage.producer(low))
    assert (outcome["state"], outcome["results"][0]["star"]) == ("not_recognised", 2)
    assert outcome["results"][0]["totals"] is None, "members are not named"
    assert len(outcome["criteria"]) == len(stage.sheets[low].criteria)
    assert all(step["source"] for step in outcome["results"][0]["steps"])
    officer = stage.office(Role.COMMUNE_OFFICER, stage.places[low]["commune_code"], "commune")
    assert (await stage.ok("GET", path, officer))["results"]
    stranger = stage.producer(waiting)
    await stage.refused(404, "GET", path, stranger)
    held = await stage.ok("GET", f"/dossiers/{waiting}/outcome", stranger)
    assert held["results"] == [], "scored but not decided: nothing is released yet"
