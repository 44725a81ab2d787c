"""People and their appointments."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class PersonRow(Identified, Base):
    """Somebody who signs in. `subject` and `issuer` are the sign-in provider's; `code` names demonstration people."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="identity"),
        Index("people_email", text("lower(email)"), unique=True),
    )

    code: Mapped[str | None]
    name: Mapped[str]
    email: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]


class AppointmentRow(Versioned, Base):
    """What a person may be: a role at a unit, for a producer, body, product group or kind of evidence, in a period.

    `revision` grows with each event told of the appointment; `valid_to` is its last day, inclusive.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("level IN ('commune', 'district', 'province', 'central')", name="level"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        CheckConstraint("(role = 'producer') = (producer_id IS NOT NULL)", name="producer"),
        ExcludeConstraint(
            ("person_id", "="),
            ("role", "="),
            ("unit_code", "="),
            (text("coalesce(producer_id, '00000000-0000-0000-0000-000000000000')"), "="),
            (text("coalesce(body_code, '')"), "="),
            (text("coalesce(group_path, '')"), "="),
            (text("coalesce(evidence_kind, '')"), "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="appointments_no_overlap",
            using="gist",
        ),
        Index("appointments_unit", "unit_code", "role"),
        Index("appointments_producer", "producer_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    level: Mapped[str]
    unit_code: Mapped[str]
    producer_id: Mapped[UUID | None]
    body_code: Mapped[str | None]
    group_path: Mapped[str | None]
    evidence_kind: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
