"""The transaction of notifier, with its repositories."""

from functools import cached_property

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
from notifier.persistence.fulfilments import FulfilmentRepository
from notifier.persistence.notices import NoticeRepository
from notifier.persistence.obligations import ObligationRepository
from notifier.persistence.policies import PolicyRepository
from notifier.persistence.preferences import PreferenceRepository
from notifier.persistence.proofs import ProofRepository
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
from notifier.persistence.waiting import WaitingRepository
from shared.db.unit_of_work import UnitOfWork


class NotifierUow(UnitOfWork):
    """One transaction on the notifier schema."""

    async def flush(self) -> None:
        """Write deeds that were kept back too."""
        await self.fulfilments.write()
        await super().flush()

    def forget(self) -> None:
        """Drop deeds that were kept back too."""
        self.fulfilments.forget()
        super().forget()

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
