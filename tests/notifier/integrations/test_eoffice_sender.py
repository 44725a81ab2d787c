"""The e-office adapter against the simulated one: drafts, references, errors inside HTTP 200."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from deploy.simulators.eoffice import OfficeSimulator
from tests.notifier.providers import letter, served

from notifier.domain.deliveries import Letter
from notifier.domain.formal_documents import Draft
from notifier.integrations.channels import Misconfigured, Refused, Taken, Unavailable, Uncertain
from notifier.integrations.eoffice import EofficeSender, read_statuses
from shared.ids import new_id

WORDS = {"channel": "eoffice", "phone": "000.00.15.H47", "subject": "V/v {{ title }}", "body": "Số: …\nĐề nghị gửi."}


@dataclass
class Kept:
    """Documents in memory: one for each organisation."""

    by_organisation: dict[str, UUID] = field(default_factory=dict)
    handed: bool = False

    async def draft(self, _notice: UUID, organisation: str, _subject: str, _text: str) -> Draft:
        return Draft(self.by_organisation.setdefault(organisation, new_id()), self.handed, None)


@dataclass
class World:
    """An e-office and the sender that knows it."""

    office: OfficeSimulator
    kept: Kept
    sender: EofficeSender

    async def send(self, one: Letter | None = None) -> Taken:
        """Hand over a draft."""
        return await self.sender.send(one or letter(**WORDS))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    office, kept = OfficeSimulator(), Kept()
    async with served(office.routes()) as url:
        sender = EofficeSender(url, office.key, "000.00.01.H47", kept, answer_seconds=0.5)
        yield World(office, kept, sender)
        await sender.close()


async def test_a_draft_leaves_without_number_day_and_signature(world: World) -> None:
    taken = await world.send()
    assert taken == Taken("eo-1", handed=True)
    ((reference, draft),) = world.office.drafts.items()
    assert reference == str(world.kept.by_organisation["000.00.15.H47"])
    assert (draft["from"], draft["to"], draft["subject"]) == ("000.00.01.H47", ["000.00.15.H47"], "V/v Đánh giá")
    assert (draft["number"], draft["issued_on"], draft["signer"]) == (None, None, None)
    assert world.office.text(reference) == "Số: …\nĐề nghị gửi.\n"


async def test_a_draft_handed_over_again_is_the_same_document(world: World) -> None:
    world.office.faults.lose = 1
    with pytest.raises(Uncertain):
        await world.send()
    world.sender._http.turns._rest_until = 0.0
    assert (await world.send()).reference == "eo-1"
    assert len(world.office.drafts) == 1


async def test_what_was_handed_over_by_another_notice_is_not_handed_over_again(world: World) -> None:
    world.kept.handed = True
    assert (await world.send()).handed
    assert world.office.handed == 0


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("certificate_expired", Misconfigured),
        ("route_not_allowed", Misconfigured),
        ("token_expired", Misconfigured),
        ("maintenance", Unavailable),
        ("anything", Refused),
    ],
)
async def test_an_error_inside_a_good_answer_is_read(world: World, code: str, raised: type[Exception]) -> None:
    world.office.error = code
    with pytest.raises(raised):
        await world.send()
    with pytest.raises(raised):
        await world.sender.statuses([new_id()])


async def test_an_unknown_receiver_is_refused_for_good_and_a_wrong_key_stops_the_channel(world: World) -> None:
    world.office.unknown = {"000.00.15.H47"}
    with pytest.raises(Refused) as refused:
        await world.send()
    assert (refused.value.final, refused.value.kind) == (True, "organisation")
    world.office.key = "another"
    with pytest.raises(Misconfigured):
        await world.send()


async def test_statuses_are_asked_by_our_reference(world: World) -> None:
    await world.send()
    reference = world.kept.by_organisation["000.00.15.H47"]
    world.office.sign(str(reference), "12/CV-OCOP")
    ((found, said),) = await world.sender.statuses([reference, new_id()])
    assert (found, said.code, said.number, said.signer) == (reference, "signed", "12/CV-OCOP", "Người Ký Thử")


@pytest.mark.parametrize(
    "entries",
    [
        None,
        "x",
        [1],
        [{}],
        [{"reference": "x", "status": "01", "at": "2026-01-01T00:00:00+07:00"}],
        [{"reference": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "status": "01", "at": "yesterday"}],
        [{"reference": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "status": "01", "at": "2026-01-01", "issued_on": 5}],
    ],
    ids=["none", "text", "number", "empty", "reference", "instant", "day"],
)
def test_what_cannot_be_read_says_nothing(entries: Any) -> None:
    assert read_statuses(entries) == []
