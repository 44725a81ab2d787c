"""Addresses of people, and the codes that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.contacts import FORMS, ContactRules
from notifier.domain.reports import CODE_TEMPLATE
from notifier.persistence.tables.channels import ChannelRow, Contact, ContactCode
from shared.errors import NotFound
from shared.ids import new_id

_GIVEN = Contact.channel.in_(select(ChannelRow.code).where(ChannelRow.form.in_(sorted(FORMS))))
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('contacts ' || CAST(:person AS text), 0))")
_WAY = text(
    """
    SELECT c.code, c.form, c.offered AND c.sends AS offered,
           (SELECT t.version FROM notice_templates t
            WHERE t.code = :template AND t.form = c.form AND t.state = 'approved' AND t.valid_from <= :today
              AND t.language IN ('vi', coalesce(s.language, 'vi'))
            ORDER BY t.language = 'vi', t.version DESC LIMIT 1) AS words_version
    FROM channels c LEFT JOIN person_settings s ON s.person_id = :person WHERE c.code = :channel
    """
)
_RECENT = text(
    """
    SELECT (SELECT count(*) FROM contact_codes WHERE person_id = :person AND asked_at > now() - interval '1 day')
               AS by_person,
           (SELECT count(*) FROM contacts c JOIN contact_codes k ON k.contact_id = c.id
            WHERE c.channel = :channel AND c.address = :address AND k.asked_at > now() - interval '1 hour')
               AS at_address
    """
)
_EXPIRE = text("UPDATE contact_codes SET expires_at = now() WHERE contact_id = :contact AND expires_at > now()")
_SEND = text(
    """
    WITH asked AS (
        INSERT INTO contact_codes (id, contact_id, person_id, expires_at, salt)
        VALUES (:id, :contact, :person, now() + make_interval(mins => :minutes), uuid_send(gen_random_uuid()))
        RETURNING *
    )
    INSERT INTO notices (
        id, contact_id, due_on, step, kind, unit_code, person_id, recipient_name, address, channel, template_code,
        template_form, template_version, parameters, state, made_at, attempts, refusals, most_tries,
        first_retry_seconds, longest_retry_seconds, next_try_at, leased_until, give_up_at)
    SELECT a.id, c.id, :today, (SELECT count(*) FROM contact_codes k WHERE k.contact_id = c.id), 'contact_code',
           coalesce((SELECT p.unit_code FROM appointment_projections p WHERE p.person_id = c.person_id
                     ORDER BY p.revision DESC, p.id LIMIT 1), ''),
           c.person_id, :name, c.address, c.channel, :template, :form, :version,
           jsonb_build_object('recipient', CAST(:name AS text), 'minutes', CAST(:minutes AS integer)), 'created',
           programme_now(), 0, 0, :most_tries, :first_retry, :longest_retry, now(), now(), a.expires_at
    FROM asked a JOIN contacts c ON c.id = a.contact_id
    """
)
_KEEP_DIGEST = text(
    """
    UPDATE contact_codes k SET digests = array_append(k.digests, CAST(:digest AS bytea))
    FROM contacts c WHERE k.id = :id AND k.expires_at > now() AND c.id = k.contact_id AND c.removed_at IS NULL
    RETURNING k.id
    """
)
# Only the newest code counts, and a try is counted before the code is looked at.
_TAKE_TRY = text(
    """
    UPDATE contact_codes SET tries = tries + 1
    WHERE id = (SELECT k.id FROM contact_codes k WHERE k.contact_id = :contact AND k.person_id = :person
                ORDER BY k.id DESC LIMIT 1)
      AND used_at IS NULL AND expires_at > now() AND tries < :most AND digests <> '{}'
    RETURNING id, tries, salt, digests
    """
)
_PASSED_OVER = text(
    """
    UPDATE contacts SET is_primary = false, version = version + 1, updated_at = now()
    WHERE person_id = :person AND channel = :channel AND is_primary AND id <> :contact
    """
)
# What waits to be sent there goes on as if the address had failed: to the person's next one, or along the chain. What
# may have left already is asked about where it went.
_HAND_ON = text(
    """
    UPDATE notices SET state = 'failed', reason = 'address_removed', fallbacks = array_prepend(channel, fallbacks)
    WHERE person_id = :person AND channel = :channel AND address = :address AND state = 'created'
      AND uncertain_at IS NULL AND contact_id IS NULL
    """
)
_OFFICE_MAIL = text(
    """
    SELECT DISTINCT a.email FROM appointment_projections a
    WHERE a.person_id = :person AND a.email IS NOT NULL
      AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today) ORDER BY a.email
    """
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at a code: the digests it may match, and how many tries were taken, this one included."""

    code_id: UUID
    taken: int
    salt: bytes
    digests: Sequence[bytes]


class ContactRepository:
    """A person's own addresses; which one a notice takes is decided where it is routed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def alone(self, person_id: UUID) -> None:
        """Let changes of a person's addresses come one after another."""
        await self._session.execute(_ALONE, {"person": str(person_id)})

    async def of(self, person_id: UUID) -> Sequence[Contact]:
        """What the person gave and did not remove, the first of each channel first."""
        statement = select(Contact).where(
            Contact.person_id == person_id, Contact.removed_at.is_(None), Contact.origin == "person", _GIVEN
        )
        order = (Contact.channel, Contact.is_primary.desc(), Contact.id)
        return (await self._session.execute(statement.order_by(*order))).scalars().all()

    async def office_mail(self, person_id: UUID, today: date) -> Sequence[str]:
        """The mail addresses that the person's appointments give."""
        values = {"person": person_id, "today": today}
        return (await self._session.execute(_OFFICE_MAIL, values)).scalars().all()

    async def get(self, person_id: UUID, contact_id: UUID) -> Contact:
        """One of the person's addresses, locked. Raises NotFound."""
        statement = select(Contact).where(
            Contact.id == contact_id,
            Contact.person_id == person_id,
            Contact.removed_at.is_(None),
            Contact.origin == "person",
            _GIVEN,
        )
        row = (await self._session.execute(statement.with_for_update())).scalar_one_or_none()
        if row is None:
            raise NotFound("Bạn không có địa chỉ nhận thông báo này.", "You have no such address.")
        return row

    async def known(self, person_id: UUID, channel: str, address: str) -> Contact | None:
        """The row of an address, removed or not."""
        statement = select(Contact).where(
            Contact.person_id == person_id, Contact.channel == channel, Contact.address == address
        )
        return (await self._session.execute(statement.with_for_update())).scalar_one_or_none()

    async def add(self, contact: Contact) -> Contact:
        """A new address."""
        self._session.add(contact)
        await self._session.flush()
        return contact

    async def put_first(self, contact: Contact) -> None:
        """Let it be the person's first of its channel."""
        values = {"person": contact.person_id, "channel": contact.channel, "contact": contact.id}
        await self._session.execute(_PASSED_OVER, values)
        contact.is_primary = True
        await self._session.flush()

    async def hand_on(self, contact: Contact) -> None:
        """Let what waits to be sent to a removed address find another way."""
        values = {"person": contact.person_id, "channel": contact.channel, "address": contact.address}
        await self._session.execute(_HAND_ON, values)

    async def way(self, contact: Contact, today: date) -> Row[Any] | None:
        """(code, form, offered, words_version) of its channel as a code would take it."""
        values = {"channel": contact.channel, "person": contact.person_id, "template": CODE_TEMPLATE, "today": today}
        return (await self._session.execute(_WAY, values)).one_or_none()

    async def recent_codes(self, contact: Contact) -> tuple[int, int]:
        """Codes asked for by the person in a day, and at this address, by whomever, in an hour."""
        values = {"person": contact.person_id, "channel": contact.channel, "address": contact.address}
        row = (await self._session.execute(_RECENT, values)).one()
        return row.by_person, row.at_address

    async def send_code(self, contact: Contact, name: str, rules: ContactRules, way: Row[Any], today: date) -> None:
        """Ask for a code to be drawn and sent to the address of who is so named; earlier ones are good no longer."""
        await self._session.execute(_EXPIRE, {"contact": contact.id})
        values = {
            "id": new_id(),
            "contact": contact.id,
            "person": contact.person_id,
            "name": name,
            "minutes": rules.minutes,
            "today": today,
            "template": CODE_TEMPLATE,
            "form": way.form,
            "version": way.words_version,
            "most_tries": rules.delivery.tries,
            "first_retry": rules.delivery.first_retry_seconds,
            "longest_retry": rules.delivery.longest_retry_seconds,
        }
        await self._session.execute(_SEND, values)

    async def salt(self, code_id: UUID) -> bytes | None:
        """What the digests of a code are made with; None when it is gone."""
        statement = select(ContactCode.salt).where(ContactCode.id == code_id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def keep_digest(self, code_id: UUID, digest: bytes) -> bool:
        """Keep what a drawn code is known by; False when it may not be sent any more."""
        return (await self._session.execute(_KEEP_DIGEST, {"id": code_id, "digest": digest})).first() is not None

    async def take_try(self, person_id: UUID, contact_id: UUID, most: int) -> Attempt | None:
        """Use up one try at the newest code of an address; None when there is none that is good."""
        values = {"person": person_id, "contact": contact_id, "most": most}
        row = (await self._session.execute(_TAKE_TRY, values)).one_or_none()
        return None if row is None else Attempt(row.id, row.tries, row.salt, row.digests)

    async def use_code(self, code_id: UUID) -> bool:
        """A code proves once; False when it did already."""
        statement = update(ContactCode).where(ContactCode.id == code_id, ContactCode.used_at.is_(None))
        used = await self._session.execute(
            statement.values(used_at=text("now()"))
            .returning(ContactCode.id)
            .execution_options(synchronize_session=False)
        )
        return used.first() is not None
