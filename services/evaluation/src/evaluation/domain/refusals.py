"""Faults found by the rules, as the refusal the API gives (422 with a field path for each)."""

from collections.abc import Iterable

from evaluation.domain.faults import Fault as RuleFault
from shared.errors import Fault, Invalid, Text


def invalid(faults: Iterable[RuleFault], *, without: str = "") -> Invalid:
    """A 422 that lists every fault; `without` is a path prefix that the payload does not have."""
    return Invalid(
        "Dữ liệu gửi lên chưa đúng; xem từng lỗi trong errors.",
        "The payload is not valid; see each fault in errors.",
        faults=[
            Fault(fault.path.removeprefix(without), fault.code, Text(fault.message_vi, fault.message_en))
            for fault in faults
        ],
    )


def fault(field: str, code: str, vi: str, en: str) -> Fault:
    """One fault of a payload."""
    return Fault(field, code, Text(vi, en))
