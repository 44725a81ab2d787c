"""Nothing that a member or a looker-on can read changes by a byte when another member works on his sheet."""

import re
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts

from shared.contracts.roles import Role
from shared.ids import new_id

Seen = dict[str, tuple[int, str, dict[str, str]]]
PROBES = ("closing", "rescorings", "knock-outs", "discussions", "recusals")
"""POSTs of the chair that a member may try: the refusal must not depend on the others' sheets."""


def reads_of(app: Any) -> list[str]:
    """Path templates of every GET the application has."""
    routes = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    return sorted({route.path for route in routes if "GET" in route.methods and route.path.startswith("/api/")})


async def snapshot(stage: Any, actor: Any, known: dict[str, str]) -> Seen:
    """Every GET with the known ids (a fresh id where a route names something else), and the chair's POSTs."""
    seen: Seen = {}
    for template in reads_of(stage.world.app):
        path = re.sub(r"\{(\w+)[^}]*\}", lambda m: known.get(m[1], known["other"]), template)
        answer = await stage.world.call("GET", path.removeprefix("/api/evaluation/v1"), actor)
        seen[template] = (answer.status_code, answer.text, dict(answer.headers))
    for probe in PROBES:
        body = {"dossier_id": known["dossier_id"], "member_id": known["other"], "code": "other", "relation": "other"}
        said = {"reason": "Thử xem", "evidence": "Thử xem", "conclusion": "Thử xem"}
        statements = [{"member_id": known["other"], "said": "Thử"}]
        sent = {
            "closing": None,
            "rescorings": {"dossier_id": known["dossier_id"], "reason": "Thử xem"},
            "knock-outs": {key: (body | said)[key] for key in ("dossier_id", "code", "reason", "evidence")},
            "discussions": {"dossier_id": known["dossier_id"], "statements": statements, "conclusion": "Thử xem"},
            "recusals": {key: (body | said)[key] for key in ("dossier_id", "member_id", "relation", "reason")},
        }[probe]
        answer = await stage.world.call("POST", f"/rounds/{known['round_id']}/{probe}", actor, sent)
        seen[f"POST {probe}"] = (answer.status_code, answer.text, dict(answer.headers))
    return seen


def same(before: Seen, after: Seen, noise: dict[str, set[str]]) -> list[str]:
    """Where two snapshots differ in status, body or a header that does not change on its own."""
    different = []
    for path, (status, text, headers) in before.items():
        other = after[path]
        quiet = {name: value for name, value in headers.items() if name not in noise[path]}
        quiet_after = {name: value for name, value in other[2].items() if name not in noise[path]}
        if (status, _untraced(text), quiet) != (other[0], _untraced(other[1]), quiet_after):
            different.append(f"{path}: {status} {text[:300]} -> {other[0]} {other[1][:300]}")
    return different


def _untraced(text: str) -> str:
    """A body without the id of its own request."""
    return re.sub(r'"(trace_id|request_id|instance)":"[^"]*"', "", text)


async def test_no_read_tells_what_another_member_does(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council = await stage.council(size=4)
    dossier, rest = await stage.dossier(), await stage.dossier()
    round_id = await stage.round(council, dossier, rest)
    watchers = {
        "member": council.members[3],
        "member who submitted": council.members[2],
        "district chair": stage.office(Role.DISTRICT_CHAIR, "511", "district"),
        "province secretary": stage.office(Role.PROVINCE_SECRETARY, "49", "province"),
        "auditor": stage.office(Role.AUDITOR, "49", "province"),
        "producer": stage.producer(dossier),
    }
    await stage.submit(council.members[2], stage.body(round_id, dossier, 61))
    writer = council.members[1]
    known = {"round_id": round_id, "dossier_id": str(dossier), "council_id": council.id, "other": str(new_id())}
    sheet = f"/rounds/{round_id}/dossiers/{dossier}/score-sheet"
    before, noise = {}, {}
    for name, actor in watchers.items():
        twice = [await snapshot(stage, actor, known) for _ in range(2)]
        before[name] = twice[1]
        noise[name] = {
            path: {header for header in twice[0][path][2] if twice[0][path][2][header] != twice[1][path][2].get(header)}
            for path in twice[0]
        }
        assert all("etag" not in headers for headers in noise[name].values())
        assert not same(twice[0], twice[1], noise[name]), "a read that changes on its own proves nothing"
    read = {path for path, (status, *_) in before["member"].items() if status == 200}
    assert {path.rpartition("/v1")[2] for path in read} >= {
        "/rounds",
        "/rounds/{round_id}",
        "/rounds/{round_id}/dossiers/{dossier_id}/score-sheet",
        "/rounds/{round_id}/discussions",
        "/rounds/{round_id}/knock-outs",
        "/dossiers",
        "/dossiers/{dossier_id}",
        "/dossiers/{dossier_id}/results",
        "/councils/{council_id}",
    }

    async def unchanged(act: str) -> None:
        for name, actor in watchers.items():
            found = same(before[name], await snapshot(stage, actor, known), noise[name])
            assert not found, f"after another member's {act} the {name} sees: {found}"

    half = {"choices": dict(list(stage.body(round_id, dossier, 77)["choices"].items())[:3])}
    await stage.ok("PUT", sheet, writer, half)
    await stage.ok("PUT", sheet, writer, half | {"remarks": "Tốt"}, version=1)
    await unchanged("draft")
    sent = await stage.submit(writer, stage.body(round_id, dossier, 77))
    assert sent.status_code == 201
    known["sheet_id"] = sent.json()["id"]
    await unchanged("sheet")
    declared = {"dossier_id": str(rest), "relation": "adviser", "reason": "Tôi lập hồ sơ (thử)"}
    await stage.ok("POST", f"/rounds/{round_id}/conflicts", writer, declared)
    declared = {"dossier_id": str(dossier), "relation": "adviser", "reason": "Tôi lập hồ sơ (thử)"}
    await stage.ok("POST", f"/rounds/{round_id}/conflicts", writer, declared)
    await unchanged("conflict, which withdraws his sheet")
    await stage.submit(council.chair, stage.body(round_id, dossier, 88))
    await unchanged("sheet (the chair's)")


async def test_the_event_of_a_sheet_carries_no_score_and_no_answer(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    round_id = await stage.round(council, dossier)
    await stage.submit(council.chair, stage.body(round_id, dossier, 88))
    (event,) = await stage.world.events("evaluation.sheet_submitted")
    assert set(event) == {"round_id", "dossier_id", "member_id", "submitted_at"}


async def test_chair_and_secretary_see_counts_change_and_nothing_that_depends_on_the_scores(stage: Any) -> None:
    """Two rounds in which only the scores differ look alike to them until the chair has scored."""
    await stage.world.move_clock("2023-07-20")
    told = []
    for totals in ((40, 41), (52, 90)):
        council, dossier = await stage.council(), await stage.dossier()
        round_id = await stage.round(council, dossier)
        for member, total in zip(council.members[1:], totals, strict=True):
            await stage.submit(member, stage.body(round_id, dossier, total))
        ids = [round_id, str(dossier), council.id, *(str(member.person_id) for member in council.members)]
        place = stage.places[dossier]
        names = [place["product_name"], str(place["product_id"]), str(place["producer_id"])]
        shown = []
        for actor in (council.chair, council.secretary):
            for path in ("", "/readiness", "/statistics", "/statistics/plot", "/discussions", "/knock-outs"):
                answer = await stage.world.call("GET", f"/rounds/{round_id}{path}", actor)
                text = answer.text
                for n, known in enumerate(ids + names):
                    text = text.replace(known, f"#{n}")
                shown.append((path, answer.status_code, re.sub(r"\d{4}-\d\d-\d\dT[^\"]+", "", text)))
        problem = await stage.world.call("POST", f"/rounds/{round_id}/closing", council.chair)
        shown.append(("closing", problem.status_code, problem.json()["type"]))
        told.append(shown)
    assert told[0] == told[1]
