"""Tables of the notifier schema. Every module with rows is imported here, so that Alembic sees all."""

from notifier.persistence.tables.appointments import AppointmentProjection
from notifier.persistence.tables.base import Base
from notifier.persistence.tables.channels import ChannelRow, Contact, ProviderToken, TestMode
from notifier.persistence.tables.duties import DutyAct, DutyCalendarRow, DutyPlan, WorkingCalendarRow
from notifier.persistence.tables.fulfilments import Fulfilment
from notifier.persistence.tables.notices import Notice, Receipt, ReminderStep, Silence
from notifier.persistence.tables.obligations import DeadlineRevision, Obligation
from notifier.persistence.tables.policies import NoticeTemplate, ReminderPolicy, ReminderPolicyStep

__all__ = [
    "AppointmentProjection",
    "Base",
    "ChannelRow",
    "Contact",
    "DeadlineRevision",
    "DutyAct",
    "DutyCalendarRow",
    "DutyPlan",
    "Fulfilment",
    "Notice",
    "NoticeTemplate",
    "Obligation",
    "ProviderToken",
    "Receipt",
    "ReminderPolicy",
    "ReminderPolicyStep",
    "ReminderStep",
    "Silence",
    "TestMode",
    "WorkingCalendarRow",
]
