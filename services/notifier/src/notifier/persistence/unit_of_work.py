"""The transaction of notifier, with its repositories."""

from datetime import datetime
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.webhooks import thin
from notifier.persistence.absences import AbsenceRepository
from notifier.persistence.appointments import AppointmentRepository
from notifier.persistence.calendar_feeds import CalendarFeedRepository
from notifier.persistence.calendars import CalendarRepository
from notifier.persistence.channels import ChannelRepository
from notifier.persistence.contacts import ContactRepository
from notifier.persistence.deliveries import DeliveryRepository
from notifier.persistence.digests import DigestRepository
from notifier.persistence.duty_acts import DutyActRepository
from notifier.persistence.duty_calendars import DutyCalendarRepository
from notifier.persistence.duty_units import DutyUnitRepository
from notifier.persistence.formal_documents import FormalDocumentRepository
from notifier.persistence.fulfilments import FulfilmentRepository
from notifier.persistence.inbox_changes import InboxChangeRepository
from notifier.persistence.notices import NoticeRepository
from notifier.persistence.obligations import ObligationRepository
from notifier.persistence.policies import PolicyRepository
from notifier.persistence.preferences import PreferenceRepository
from notifier.persistence.proofs import ProofRepository
from notifier.persistence.push_devices import PushDeviceRepository
from notifier.persistence.receipts import ReceiptRepository
from notifier.persistence.recurring_duties import RecurringDutyRepository
from notifier.persistence.reminders import ReminderRepository
from notifier.persistence.retention import RetentionRepository
from notifier.persistence.risk_reports import RiskReportRepository
from notifier.persistence.risks import RiskRepository
from notifier.persistence.settlement import Settlement
from notifier.persistence.silences import SilenceRepository
from notifier.persistence.simulations import SimulationRepository
from notifier.persistence.templates import TemplateRepository
from notifier.persistence.units import UnitRepository
from notifier.persistence.waiting import WaitingRepository
from notifier.persistence.webhook_deliveries import WebhookDeliveryRepository
from notifier.persistence.webhooks import WebhookRepository, webhook_rules
from shared.contracts.base import Event
from shared.db.unit_of_work import UnitOfWork


class NotifierUow(UnitOfWork):
    """One transaction on the notifier schema."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._for_systems: list[tuple[Event, datetime | None]] = []

    async def flush(self) -> None:
        """Write deeds that were kept back, and what systems of others are told, too."""
        await self.fulfilments.write()
        events, self._for_systems = self._for_systems, []
        if events and await self.webhooks.anybody():
            now, kinds = await self.now(), webhook_rules().kinds
            await self.webhooks.tell(
                [thin(kinds[event.type], event.model_dump(mode="json"), at or now) for event, at in events]
            )
        await super().flush()

    def forget(self) -> None:
        """Drop deeds that were kept back, and what systems would be told, too."""
        self.fulfilments.forget()
        self._for_systems.clear()
        super().forget()

    def publish(self, event: Event) -> None:
        """Tell the event's subscribers, and systems of others that subscribed to it."""
        super().publish(event)
        self.tell_systems(event)

    def tell_systems(self, event: Event) -> None:
        """Tell the systems that subscribed to it, if its kind is one that they are offered."""
        if event.type in webhook_rules().kinds:
            self._for_systems.append((event, self.caused_at))

    @cached_property
    def appointments(self) -> AppointmentRepository:
        """Who holds which office, as registry told."""
        return AppointmentRepository(self.session)

    @cached_property
    def contacts(self) -> ContactRepository:
        """Addresses of people."""
        return ContactRepository(self.session)

    @cached_property
    def preferences(self) -> PreferenceRepository:
        """What people chose."""
        return PreferenceRepository(self.session)

    @cached_property
    def absences(self) -> AbsenceRepository:
        """Who stands in for whom."""
        return AbsenceRepository(self.session)

    @cached_property
    def proofs(self) -> ProofRepository:
        """What was told, as evidence."""
        return ProofRepository(self.session)

    @cached_property
    def retention(self) -> RetentionRepository:
        """What has served its time."""
        return RetentionRepository(self.session)

    @cached_property
    def obligations(self) -> ObligationRepository:
        """Who owes what by when."""
        return ObligationRepository(self.session)

    @cached_property
    def duty_units(self) -> DutyUnitRepository:
        """What the communes of producers became."""
        return DutyUnitRepository(self.session)

    @cached_property
    def units(self) -> UnitRepository:
        """Where units lie."""
        return UnitRepository(self.session)

    @cached_property
    def duty_acts(self) -> DutyActRepository:
        """What officials decided about single duties."""
        return DutyActRepository(self.session)

    @cached_property
    def calendars(self) -> CalendarRepository:
        """Which days offices work."""
        return CalendarRepository(self.session)

    @cached_property
    def duty_calendars(self) -> DutyCalendarRepository:
        """Definitions of duties that recur."""
        return DutyCalendarRepository(self.session)

    @cached_property
    def recurring_duties(self) -> RecurringDutyRepository:
        """Duties that calendars made."""
        return RecurringDutyRepository(self.session)

    @cached_property
    def fulfilments(self) -> FulfilmentRepository:
        """What was done."""
        return FulfilmentRepository(self.session)

    @cached_property
    def settlement(self) -> Settlement:
        """What follows for the duties from what was done."""
        return Settlement(self.session)

    @cached_property
    def reminders(self) -> ReminderRepository:
        """Steps that are due."""
        return ReminderRepository(self.session)

    @cached_property
    def digests(self) -> DigestRepository:
        """What is held back to be told together."""
        return DigestRepository(self.session)

    @cached_property
    def silences(self) -> SilenceRepository:
        """Units that sent nothing."""
        return SilenceRepository(self.session)

    @cached_property
    def simulations(self) -> SimulationRepository:
        """Copies of duties that are played and rolled back."""
        return SimulationRepository(self.session)

    @cached_property
    def calendar_feeds(self) -> CalendarFeedRepository:
        """Addresses that calendar programs subscribe to."""
        return CalendarFeedRepository(self.session)

    @cached_property
    def risks(self) -> RiskRepository:
        """How deadlines stand."""
        return RiskRepository(self.session)

    @cached_property
    def risk_reports(self) -> RiskReportRepository:
        """What superiors are told of risk."""
        return RiskReportRepository(self.session)

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        """Notices on their way."""
        return DeliveryRepository(self.session)

    @cached_property
    def notices(self) -> NoticeRepository:
        """Notices as people read them."""
        return NoticeRepository(self.session)

    @cached_property
    def policies(self) -> PolicyRepository:
        """When who is told, in which words."""
        return PolicyRepository(self.session)

    @cached_property
    def waiting(self) -> WaitingRepository:
        """What waits for one person."""
        return WaitingRepository(self.session)

    @cached_property
    def receipts(self) -> ReceiptRepository:
        """What providers said later."""
        return ReceiptRepository(self.session)

    @cached_property
    def channels(self) -> ChannelRepository:
        """Channels and how they do."""
        return ChannelRepository(self.session)

    @cached_property
    def templates(self) -> TemplateRepository:
        """Words and their approval."""
        return TemplateRepository(self.session)

    @cached_property
    def webhooks(self) -> WebhookRepository:
        """Systems of others that are told."""
        return WebhookRepository(self.session)

    @cached_property
    def webhook_deliveries(self) -> WebhookDeliveryRepository:
        """What is on its way to them."""
        return WebhookDeliveryRepository(self.session)

    @cached_property
    def inbox_changes(self) -> InboxChangeRepository:
        """What changed in people's inboxes, in an order that everybody sees alike."""
        return InboxChangeRepository(self.session)

    @cached_property
    def push_devices(self) -> PushDeviceRepository:
        """Devices that take pushed notices."""
        return PushDeviceRepository(self.session)

    @cached_property
    def formal_documents(self) -> FormalDocumentRepository:
        """Formal notices as documents of the e-office."""
        return FormalDocumentRepository(self.session)
