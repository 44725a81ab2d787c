"""Tables of the notifier schema. Every module with rows is imported here, so that Alembic sees all."""

from notifier.persistence.tables.absences import AbsenceRow
from notifier.persistence.tables.appointments import AppointmentProjection
from notifier.persistence.tables.base import Base
from notifier.persistence.tables.calendar_feeds import CalendarFeed, OfficeDay
from notifier.persistence.tables.channels import ChannelRow, Contact, ContactCode, ProviderToken, TestMode
from notifier.persistence.tables.duties import DutyAct, DutyCalendarRow, DutyPlan, WorkingCalendarRow
from notifier.persistence.tables.formal_documents import EofficeOrganisation, FormalDocument, FormalDocumentStatus
from notifier.persistence.tables.fulfilments import Fulfilment
from notifier.persistence.tables.inbox import InboxChange, InboxPosition
from notifier.persistence.tables.notices import Notice, Receipt, ReminderStep, Silence
from notifier.persistence.tables.obligations import DeadlineRevision, Obligation
from notifier.persistence.tables.policies import AudienceRow, NoticeTemplate, ReminderPolicy, ReminderPolicyStep
from notifier.persistence.tables.preferences import (
    EndedOptOut,
    NoticeTopic,
    NoticeTopicMember,
    OptOut,
    PersonSettings,
)
from notifier.persistence.tables.proofs import ProofRow
from notifier.persistence.tables.push import PushDeviceRow
from notifier.persistence.tables.risks import RiskReport
from notifier.persistence.tables.units import UnitProjection
from notifier.persistence.tables.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "AbsenceRow",
    "AppointmentProjection",
    "AudienceRow",
    "Base",
    "CalendarFeed",
    "ChannelRow",
    "Contact",
    "ContactCode",
    "DeadlineRevision",
    "DutyAct",
    "DutyCalendarRow",
    "DutyPlan",
    "EndedOptOut",
    "EofficeOrganisation",
    "FormalDocument",
    "FormalDocumentStatus",
    "Fulfilment",
    "InboxChange",
    "InboxPosition",
    "Notice",
    "NoticeTemplate",
    "NoticeTopic",
    "NoticeTopicMember",
    "Obligation",
    "OfficeDay",
    "OptOut",
    "PersonSettings",
    "ProofRow",
    "ProviderToken",
    "PushDeviceRow",
    "Receipt",
    "ReminderPolicy",
    "ReminderPolicyStep",
    "ReminderStep",
    "RiskReport",
    "Silence",
    "TestMode",
    "UnitProjection",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkingCalendarRow",
]
