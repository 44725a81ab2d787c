"""What systems are told, and how it is signed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from notifier.data import read_json
from notifier.domain.webhooks import PING, body_of, headers_of, new_secret, read_webhook_rules, thin
from shared.contracts.events import EVENTS
from shared.ids import new_id

RULES = read_webhook_rules(read_json("webhooks.json"))
CONTRACTS = Path(__file__).parents[3] / "contracts"
OWN = {PING, "notifier.notice_failed"}
"""Kinds that are no event of the contracts."""
AT = datetime(2024, 3, 1, 1, 2, 3, tzinfo=UTC)


def test_the_published_vector_is_signed_as_published() -> None:
    """From the specification's own libraries (standard-webhooks, test of signing)."""
    signed = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_changes_both_verify() -> None:
    old, new, stranger = new_secret(), new_secret(), new_secret()
    body = body_of({"type": PING, "data": {}}, "https://ocop.example")
    headers = headers_of(new_id(), body, [new, old], datetime.now(UTC))
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)["type"] == PING
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(stranger).verify(body, headers)


@pytest.mark.parametrize("code", sorted(set(RULES.kinds) - OWN))
def test_a_kind_passes_on_fields_that_its_event_has_and_none_that_tell_of_persons(code: str) -> None:
    kind, fields = RULES.kinds[code], EVENTS[code].model_fields
    assert set(kind.ids) | set(kind.units) <= set(fields)
    for name in kind.ids:
        assert not any(word in name for word in ("name", "email", "person", "member", "mean", "words", "place"))


@pytest.mark.parametrize("code", sorted(code for code, kind in RULES.kinds.items() if kind.link))
def test_a_link_leads_to_a_read_of_the_contracts(code: str) -> None:
    link = RULES.kinds[code].link
    assert link
    if link.startswith("/p/"):
        return
    paths = json.loads((CONTRACTS / f"{link.split('/')[2]}.json").read_text())["paths"]
    shapes = {"/".join("{}" if part.startswith("{") else part for part in path.split("/")): path for path in paths}
    shape = "/".join("{}" if part.startswith("{") else part for part in link.split("/"))
    assert "get" in paths[shapes[shape]]


def test_scores_before_the_round_closes_and_appointments_are_not_offered() -> None:
    hidden = {"evaluation.sheet_submitted", "evaluation.member_recused", "registry.person_appointed"}
    assert not hidden & set(RULES.kinds)


def test_a_message_holds_ids_units_and_a_link_and_nothing_else() -> None:
    event = {"dossier_id": "d", "product_id": "p", "kind": "new", "product_name": "Mật ong", "commune_code": "20335"}
    told = thin(RULES.kinds["evaluation.dossier_filed"], event, AT)
    assert told.units == ("20335",)
    body = json.loads(body_of(told.payload, "https://ocop.example/"))
    assert body == {
        "type": "evaluation.dossier_filed",
        "timestamp": "2024-03-01T01:02:03+00:00",
        "data": {
            "dossier_id": "d",
            "product_id": "p",
            "kind": "new",
            "commune_code": "20335",
            "link": "https://ocop.example/api/evaluation/v1/dossiers/d",
        },
    }


def test_pauses_grow_over_days_and_end() -> None:
    pauses = [RULES.pause_after(n, 0.0) for n in range(1, 12)]
    assert pauses[:3] == [5, 300, 1800]
    assert pauses[9:] == [None, None]
    assert sum(RULES.pauses) * (1 + RULES.jitter) < RULES.life, "the last try falls within the life"
