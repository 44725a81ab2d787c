"""A renewal keeps to its window; one that could not keeps its certificate for a while (26/2026 Art. 7.6, 12.3)."""

from datetime import date
from typing import Any

from evaluation.domain.calendars import legal_deadline
from evaluation.domain.renewals import DECIDE, EARLIEST, GRACE, LATEST, RenewalWindow, Timeliness, renewal_window
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.settlement_errors import RenewalOutsideWindow
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.contracts.registry import ProductSummary
from shared.contracts.roles import Level
from shared.contracts.settlements import RenewalDecisionDue

RENEWAL = "renewal"


def check_renewal(ruleset: Ruleset, kind: str, product: ProductSummary, today: date) -> date | None:
    """Let a renewal pass on this day; the day to which its certificate is kept, None unless it is late.

    Other kinds pass at any time, and every renewal where the ruleset has no window. Raises RenewalOutsideWindow with
    the window's days.
    """
    if kind != RENEWAL:
        return None
    valid_to = product.live_certificate_valid_to or product.last_certificate_valid_to
    window = None if valid_to is None else renewal_window(ruleset, valid_to)
    if window is None:
        if valid_to is None and ruleset.clock(LATEST) is not None:
            raise RenewalOutsideWindow(
                "Sản phẩm chưa có giấy chứng nhận để đánh giá lại: hãy lập hồ sơ lần đầu.",
                "The product has no certificate to renew: begin a first-time dossier.",
                rule=_ref(ruleset, LATEST),
            )
        return None
    timeliness = window.timeliness(today)
    if timeliness is Timeliness.TOO_EARLY:
        raise _too_early(ruleset, window)
    if timeliness is Timeliness.TOO_LATE:
        raise _too_late(ruleset, window)
    return window.kept_to if timeliness is Timeliness.LATE_KEPT else None


def tell_renewal_due(uow: EvaluationUow, row: DossierRow, ruleset: Ruleset, level: Level | None = None) -> None:
    """The clock of the whole re-evaluation, from the filing: a duty of `level`, first of the one that scores first."""
    clock = ruleset.clock(DECIDE)
    if row.kind != RENEWAL or row.filed_on is None or clock is None:
        return
    level = level or Level(ruleset.first_scoring_level.code)
    unit = unit_at(level, row)
    if unit is None:
        raise LookupError(f"dossier {row.id} has no unit at {level}, where it waits")
    uow.publish(
        RenewalDecisionDue(
            dossier_id=row.id,
            product_name=row.product_name,
            level=level,
            unit_code=unit.code,
            unit_name=unit.name,
            year=row.year,
            due_on=legal_deadline(clock, row.filed_on),
            source=_ref(ruleset, DECIDE),
        )
    )


async def pass_renewal_on(uow: EvaluationUow, row: DossierRow, ruleset: Ruleset) -> None:
    """A renewal went up, or came back from above: what is left of its clock is now owed where it waits.

    The 45 days are those of the whole re-evaluation (26/2026 Art. 7.6.g). One evaluated again after an objection had
    its result in that time; the clock does not run a second time.
    """
    again = await uow.settlements.reopenings_of(row.id)
    if row.level is not None and all(one.cause != "objection" for one in again):
        tell_renewal_due(uow, row, ruleset, Level(row.level))


def _too_early(ruleset: Ruleset, window: RenewalWindow) -> RenewalOutsideWindow:
    assert window.opens_on is not None
    return RenewalOutsideWindow(
        f"Giấy chứng nhận hết hạn {window.valid_to:%d/%m/%Y}: hồ sơ đánh giá lại nhận từ ngày"
        f" {window.opens_on:%d/%m/%Y}.",
        f"The certificate ends on {window.valid_to.isoformat()}: its renewal is taken in from"
        f" {window.opens_on.isoformat()}.",
        rule=_ref(ruleset, EARLIEST),
        **_days(window),
    )


def _too_late(ruleset: Ruleset, window: RenewalWindow) -> RenewalOutsideWindow:
    last = window.valid_to if window.kept_to else window.closes_on or window.valid_to
    return RenewalOutsideWindow(
        f"Hồ sơ đánh giá lại nhận đến hết ngày {last:%d/%m/%Y} (giấy chứng nhận hết hạn {window.valid_to:%d/%m/%Y}):"
        " hãy lập hồ sơ lần đầu sau khi giấy chứng nhận hết hạn.",
        f"Its renewal was taken in until {last.isoformat()} (the certificate ends on {window.valid_to.isoformat()}):"
        " begin a first-time dossier once it has ended.",
        rule=_ref(ruleset, GRACE if window.kept_to else LATEST),
        **_days(window),
    )


def _days(window: RenewalWindow) -> dict[str, Any]:
    return {
        "opens_on": _iso(window.opens_on),
        "closes_on": _iso(window.closes_on),
        "valid_to": window.valid_to.isoformat(),
        "kept_to": _iso(window.kept_to),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _ref(ruleset: Ruleset, clock_id: str) -> str:
    clock = ruleset.clock(clock_id)
    return f"{ruleset.decision}, {clock.ref}" if clock and clock.ref else ruleset.decision
