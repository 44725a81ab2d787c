"""People, appointments and tokens over HTTP."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from registry.persistence.people import PersonInForce
from registry.persistence.tables.people import AppointmentRow
from registry.use_cases.appoint_person import AppointmentDraft
from shared.contracts.base import Wire
from shared.contracts.roles import Level, Role

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
UnitCodeText = Annotated[str, StringConstraints(pattern=r"^([0-9]{2,5}|VN)$")]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class TokenRequest(Wire):
    """An id_token of the sign-in provider; `nonce` when the client began the sign-in with one."""

    id_token: str = Field(min_length=1, max_length=16_000)
    nonce: str | None = Field(None, max_length=255)


class DevTokenRequest(Wire):
    """A demonstration person, by code."""

    person: str = Field(min_length=1, max_length=100, examples=["province-secretary"])


class TokenRead(BaseModel):
    """A platform token: send it as Authorization: Bearer."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the scheme's name, not a secret
    expires_in: int
    """Seconds."""


class HeldAppointment(BaseModel):
    """An appointment as its holder sees it."""

    id: UUID
    role: Role
    level: Level
    unit_code: str
    unit_name: str | None
    producer_id: UUID | None
    body_code: str | None
    group_path: str | None
    evidence_kind: str | None
    valid_from: date
    valid_to: date | None


class Me(BaseModel):
    """The caller, with the appointments in force on `as_of` (which may be newer than the token's)."""

    person_id: UUID
    name: str
    email: str | None
    as_of: date
    appointments: list[HeldAppointment]


class DevPerson(BaseModel):
    """A demonstration person with all appointments, past and future."""

    code: str
    name: str
    person_id: UUID
    email: str | None
    appointments: list[HeldAppointment]


class DevPeople(BaseModel):
    """All demonstration people."""

    items: list[DevPerson]


class DevClock(BaseModel):
    """The programme's time and how far it is ahead of the real time."""

    now: AwareDatetime
    offset_seconds: float


class DevClockSetting(Wire):
    """Either the instant that it shall be now, or the offset from the real time."""

    now: AwareDatetime | None = Field(None, ge=datetime(2018, 1, 1, tzinfo=UTC), le=datetime(2060, 1, 1, tzinfo=UTC))
    offset_seconds: float | None = Field(None, ge=-300_000_000, le=1_000_000_000)


class AppointmentRequest(Wire):
    """Either `person_id`, or `name` and `email` of somebody who has not signed in yet (matched by verified e-mail)."""

    role: Role
    unit_code: UnitCodeText
    person_id: UUID | None = None
    name: Name | None = None
    email: Email | None = None
    producer_id: UUID | None = None
    body_code: ShortText | None = None
    group_path: ShortText | None = None
    evidence_kind: ShortText | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def draft(self) -> AppointmentDraft:
        """As the use case takes it."""
        return AppointmentDraft(**dict(self))


class EndingRequest(Wire):
    """The last day of an appointment, inclusive, and why it ends."""

    valid_to: date
    reason: str = Field(min_length=1, max_length=500)


class AppointmentRead(BaseModel):
    """An appointment of a person; `valid_to` is its last day."""

    id: UUID
    person_id: UUID
    person_name: str
    role: Role
    level: Level
    unit_code: str
    producer_id: UUID | None
    body_code: str | None
    group_path: str | None
    evidence_kind: str | None
    valid_from: date
    valid_to: date | None
    version: int


def read_appointment(row: AppointmentRow, person_name: str) -> AppointmentRead:
    """A stored appointment as the API shows it."""
    shown = {name: getattr(row, name) for name in AppointmentRead.model_fields if name != "person_name"}
    return AppointmentRead(person_name=person_name, **shown)


def read_held(person: PersonInForce) -> list[HeldAppointment]:
    """A person's appointments as the API shows them."""
    return [HeldAppointment.model_validate(one) for one in person.appointments]
