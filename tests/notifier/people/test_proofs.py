"""One call that settles "we were not told"."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from tests.notifier.people.conftest import Caller

from notifier.api.schemas.proofs import ProofRead
from notifier.domain.receipts import Receipt
from shared.contracts.evaluation import RoundFinished
from shared.contracts.roles import Level, Role
from shared.testing.people import person


def digest_by_hand(content: dict[str, Any]) -> str:
    """As the API's documents say it is made."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
async def duty(notifier: Any, make: Any, secretary: Caller) -> str:
    """Two districts owe something; 502's secretary is absent for a week in July, and 503 has finished."""
    await notifier.tell(
        make.province(),
        make.appointed("ban", Role.DISTRICT_CHAIR, "502"),
        make.deadline("502"),
        make.secretary("503"),
        make.deadline("503"),
    )
    body = {"deputy_id": str(make.known("ban")), "from_on": "2023-07-20", "to_on": "2023-07-26"}
    assert (await secretary.post("/absences", body)).status_code == 201
    for day in ("2023-07-17", "2023-07-24", "2023-07-28"):
        await notifier.at(f"{day}T08:00:00+07:00")
    (item, *_) = (await secretary.get("/inbox")).json()["items"]
    assert (await secretary.post(f"/inbox/{item['id']}/reading")).status_code == 201
    (bounced,) = await notifier.rows(
        "SELECT id FROM notices WHERE unit_code = '502' AND step = -7 AND channel = 'email'"
    )
    async with notifier.context.uow() as uow:
        await uow.receipts.keep("email", [Receipt(bounced["id"], "undelivered", "mailbox_full")])
    (row,) = await notifier.rows("SELECT id FROM obligations WHERE unit_code = '502'")
    return str(row["id"])


@pytest.fixture
def overseer(secretary: Caller) -> Caller:
    return Caller(secretary.client, person(Role.AUDITOR, "49"))


async def test_a_proof_holds_every_step_recipient_channel_outcome_and_the_absence(
    notifier: Any, make: Any, secretary: Caller, overseer: Caller, duty: str
) -> None:
    answer = await overseer.get("/proofs", obligation_id=duty)
    assert answer.status_code == 200
    proof = answer.json()
    ProofRead.model_validate(proof)
    content = proof["content"]
    assert proof["digest"] == digest_by_hand(content)
    made = {(n["step"], n["channel"], n["recipient_name"], n["state"], n["reason"]) for n in content["notices"]}
    assert {one for one in made if one[0] > -30} == {
        (-14, "email", "Người sec502", "sent", None),
        (-14, "inbox", "Người sec502", "sent", None),
        (-7, "email", "Người ban", "failed", "mailbox_full"),
        (-7, "inbox", "Người ban", "sent", None),
        (-3, "email", "Người sec502", "sent", None),
        (-3, "inbox", "Người sec502", "sent", None),
    }
    assert [(s["step"], s["outcome"]) for s in content["steps"] if s["step"] > -30] == [
        (-14, "noticed"),
        (-7, "noticed"),
        (-3, "noticed"),
    ]
    (read,) = [n for n in content["notices"] if n["read_at"]]
    assert (read["channel"], read["step"]) == ("inbox", -3)
    (failed,) = [n for n in content["notices"] if n["receipts"]]
    assert failed["receipts"][0]["reason"] == "mailbox_full"
    assert failed["in_place_of"] == str(make.known("sec502"))
    (absence,) = content["absences"]
    assert (absence["deputy_name"], absence["from_on"], absence["to_on"]) == ("Người ban", "2023-07-20", "2023-07-26")
    assert "demo.ocop.example" not in answer.text, "addresses are in no proof"


async def test_the_digest_of_the_words_is_that_of_the_mail_as_it_came(
    notifier: Any, overseer: Caller, duty: str
) -> None:
    content = (await overseer.get("/proofs", obligation_id=duty)).json()["content"]
    (notice,) = [n for n in content["notices"] if n["step"] == -3 and n["channel"] == "email"]
    mail = notifier.mail.to("sec502@demo.ocop.example")[-1]
    read = f"{mail['Subject']}\n\n{notifier.mail.text(mail).rstrip()}"
    assert notice["content_digest"] == hashlib.sha256(read.encode()).hexdigest()


async def test_a_printed_copy_is_checked_by_its_digest_and_says_when_more_has_happened(
    notifier: Any, make: Any, secretary: Caller, overseer: Caller, duty: str
) -> None:
    first = (await overseer.get("/proofs", obligation_id=duty)).json()
    again = (await overseer.get("/proofs", obligation_id=duty)).json()
    assert again == first, "the same is handed out while nothing happens"
    check = (await overseer.get(f"/proofs/{first['digest']}")).json()
    assert (check["unchanged"], check["issued_at"]) == (True, first["issued_at"])
    await notifier.at("2023-07-30T08:00:00+07:00")
    assert (await overseer.get(f"/proofs/{first['digest']}")).json()["unchanged"] is False
    assert (await overseer.get(f"/proofs/{'0' * 64}")).status_code == 404
    assert (await overseer.get("/proofs/nothing")).status_code == 422
    exports = await notifier.rows("SELECT details ->> 'digest' AS digest FROM audit_entries WHERE subject = 'proof'")
    assert [row["digest"] for row in exports] == [first["digest"]] * 2
    assert secretary


async def test_skips_say_why_and_opt_outs_in_force_are_listed_also_when_taken_back(
    notifier: Any, make: Any, secretary: Caller, overseer: Caller
) -> None:
    declined = {"language": "vi", "opt_outs": [{"topic": "plan_date", "channel": "email"}]}
    await secretary.change("PUT", "/preferences", 0, declined)
    await notifier.tell(make.deadline("502"))
    await notifier.at("2023-07-24T08:00:00+07:00")
    await notifier.clock("2023-07-25T08:00:00+07:00")
    await secretary.change("PUT", "/preferences", 1, {"language": "vi", "opt_outs": []})
    (row,) = await notifier.rows("SELECT id FROM obligations")
    content = (await overseer.get("/proofs", obligation_id=str(row["id"]))).json()["content"]
    (skipped,) = [n for n in content["notices"] if n["channel"] == "email" and n["step"] == -7]
    assert (skipped["state"], skipped["reason"]) == ("skipped", "opted_out")
    (opt_out,) = content["opt_outs"]
    assert (opt_out["topic"], opt_out["channel"], opt_out["by"]) == ("plan_date", "email", "preferences")
    assert opt_out["until"].startswith("2023-07-25T01:00:")


async def test_a_whole_deadline_is_one_proof_with_its_silence(
    notifier: Any, make: Any, overseer: Caller, duty: str
) -> None:
    done = RoundFinished(
        round_id=make.known("r"), level=Level.DISTRICT, unit_code="503", year=2023, finished_on="2023-07-29"
    )
    await notifier.tell(done)
    await notifier.at("2023-08-01T08:00:00+07:00")
    await notifier.at("2023-08-01T08:00:01+07:00")
    content = (await overseer.get("/proofs", obligation_id=duty, whole_deadline=True)).json()["content"]
    assert [(d["unit_code"], d["state"]) for d in content["duties"]] == [("502", "missed"), ("503", "met")]
    silent = [n for n in content["notices"] if n["kind"] == "silence"]
    assert {(n["recipient_name"], n["channel"]) for n in silent} == {
        ("Người province", "email"),
        ("Người province", "inbox"),
    }
    one = (await overseer.get("/proofs", obligation_id=duty, person_id=str(make.known("sec502")))).json()["content"]
    assert {n["recipient_name"] for n in one["notices"]} == {"Người sec502", "Người ban"}


async def test_the_csv_has_the_same_notices_and_the_digest(overseer: Caller, duty: str) -> None:
    proof = (await overseer.get("/proofs", obligation_id=duty)).json()
    answer = await overseer.get("/proofs", obligation_id=duty, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line["record"] for line in lines].count("notice") == len(proof["content"]["notices"])
    assert (lines[-1]["record"], lines[-1]["reference"]) == ("digest", proof["digest"])
    (sent,) = [line for line in lines if line["step"] == "'-14" and line["channel"] == "email"] or [
        line for line in lines if line["step"] == "-14" and line["channel"] == "email"
    ]
    assert sent["sent_at"].startswith("2023-07-17T08:00:")
    assert {line["record"] for line in lines} == {"duty", "step", "notice", "receipt", "absence", "digest"}


async def test_who_may_have_which_proof(notifier: Any, make: Any, secretary: Caller, duty: str, caller: Any) -> None:
    own, deputy = str(make.known("sec502")), str(make.known("ban"))
    callers = {
        "auditor": (caller(Role.AUDITOR), 200, 200, 200),
        "province": (caller(Role.PROVINCE_SECRETARY), 200, 200, 200),
        "own": (secretary, 200, 200, 403),
        "deputy": (
            Caller(secretary.client, person(Role.DISTRICT_CHAIR, "502", Level.DISTRICT, person_id=make.known("ban"))),
            200,
            404,
            403,
        ),
        "colleague": (caller(Role.DISTRICT_CHAIR, "502", Level.DISTRICT), 200, 404, 403),
        "elsewhere": (caller(Role.DISTRICT_CHAIR, "503", Level.DISTRICT), 404, 404, 403),
        "producer": (caller(Role.PRODUCER, "20000", Level.COMMUNE), 404, 404, 403),
    }
    digests = {}
    for name, (one, bare, of_secretary, whole) in callers.items():
        answers = [
            await one.get("/proofs", obligation_id=duty),
            await one.get("/proofs", obligation_id=duty, person_id=own),
            await one.get("/proofs", obligation_id=duty, whole_deadline=True),
        ]
        assert [answer.status_code for answer in answers] == [bare, of_secretary, whole], name
        if bare == 200:
            digests[name] = answers[0].json()["digest"]
            people = {n["person_id"] for n in answers[0].json()["content"]["notices"]}
            if name == "deputy":
                assert people == {deputy}
            if name == "colleague":
                assert people == set()
    assert (await callers["own"][0].get(f"/proofs/{digests['own']}")).status_code == 200
    for name in ("deputy", "elsewhere", "producer"):
        assert (await callers[name][0].get(f"/proofs/{digests['own']}")).status_code == 404
    assert (await callers["auditor"][0].get(f"/proofs/{digests['deputy']}")).status_code == 200
    assert (await secretary.get("/proofs", obligation_id=str(make.known("nothing")))).status_code == 404
