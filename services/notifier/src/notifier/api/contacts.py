"""Where a person is reached: addresses of one's own, proved by a code."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.contacts import (
    ContactDraft,
    ContactEdit,
    ContactInFull,
    ContactList,
    ContactProof,
    ContactRead,
    ContactStanding,
    ContactStandings,
)
from notifier.domain.access import SEES_ALL_NOTICES
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.keep_contacts import (
    ask_for_code,
    edit_contact,
    give_contact,
    prove_contact,
    remove_contact,
    take_try,
)
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import PROBLEM_RESPONSES, service_router
from shared.http.etags import IfMatch, answer

router = service_router("notifier", tags=["contacts"])
Person = Annotated[Actor, signed_in()]
Overseer = Annotated[Actor, allow(*SEES_ALL_NOTICES)]
TOO_MANY: dict[int | str, dict[str, Any]] = {
    429: {**PROBLEM_RESPONSES[409], "description": "Too many codes; see Retry-After"}
}


@router.get("/contacts", response_model=ContactList)
async def list_contacts(request: Request, actor: Person, uow: Uow) -> Response:
    """The caller's own addresses, and the mail address that the caller's appointments give."""
    items = [ContactInFull.of(row) for row in await uow.contacts.of(actor.person_id)]
    office = await uow.contacts.office_mail(actor.person_id, await uow.today())
    return answer(request, ContactList(items=items, office_mail=office))


@router.post("/contacts", status_code=201, response_model=ContactRead, responses=TOO_MANY)
async def add_contact(draft: ContactDraft, actor: Person, uow: Uow, once: OnceOnly) -> Response:
    """Give an address; a code is sent there at once, and nothing else until the code is entered."""

    async def act() -> ContactRead:
        return ContactRead.of(await give_contact(uow, actor, draft.channel, draft.address, draft.label))

    return await once(act)


@router.post("/contacts/{contact_id}/codes", status_code=201, response_model=ContactRead, responses=TOO_MANY)
async def send_contact_code(contact_id: UUID, actor: Person, uow: Uow, once: OnceOnly) -> Response:
    """Send another code to an address that is not proved, or was found dead; earlier codes are good no longer."""

    async def act() -> ContactRead:
        return ContactRead.of(await ask_for_code(uow, actor, contact_id))

    return await once(act)


@router.post("/contacts/{contact_id}/verification", status_code=201, response_model=ContactRead)
async def verify_contact(
    request: Request, contact_id: UUID, proof: ContactProof, actor: Person, uow: Uow, once: OnceOnly
) -> Response:
    """Prove an address by the code that came there. Every call is a try; after a few the code is good no longer."""
    async with NotifierUow.open(request.app.state.database) as counting:
        attempt = await take_try(counting, actor, contact_id)

    async def act() -> ContactRead:
        return ContactRead.of(await prove_contact(uow, actor, contact_id, proof.code, attempt))

    return await once(act)


@router.patch("/contacts/{contact_id}", response_model=ContactRead)
async def change_contact(
    request: Request, contact_id: UUID, edit: ContactEdit, actor: Person, uow: Uow, version: IfMatch
) -> Response:
    """Rename an address (null: no name), or put it before the others of its channel; what is left out stays."""
    row = await edit_contact(uow, actor, contact_id, version, edit.model_dump(exclude_unset=True))
    return answer(request, ContactRead.of(row), version=row.version)


@router.delete("/contacts/{contact_id}", status_code=204)
async def delete_contact(contact_id: UUID, actor: Person, uow: Uow, version: IfMatch) -> Response:
    """Remove an address: nothing is sent there any more."""
    await remove_contact(uow, actor, contact_id, version)
    return Response(status_code=204)


@router.get("/people/{person_id}/contacts", response_model=ContactStandings)
async def list_contacts_of_person(request: Request, person_id: UUID, _actor: Overseer, uow: Uow) -> Response:
    """Whether a person can be reached and by what, never where: for who answers for the notices."""
    items = [ContactStanding.of(row) for row in await uow.contacts.of(person_id)]
    office = await uow.contacts.office_mail(person_id, await uow.today())
    return answer(request, ContactStandings(items=items, office_mail=bool(office)))
