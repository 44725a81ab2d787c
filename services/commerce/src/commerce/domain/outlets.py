"""Places: which unit has the duty to have an outlet."""

from commerce.domain.errors import OutletIsClosed
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level
from shared.errors import Fault, Invalid, Text


def duty_unit(commune: UnitSummary) -> str:
    """The district of the commune while there are districts, else the commune (plan 2023 II.2; 1489/QĐ-TTg)."""
    return commune.district_code or commune.code


def require_commune(unit: UnitSummary) -> str:
    """The commune's province. Raises Invalid when the unit is not a commune of a province."""
    if unit.level is not Level.COMMUNE or unit.province_code is None:
        raise Invalid(faults=[not_a_commune()])
    return unit.province_code


def not_a_commune() -> Fault:
    """The fault of a code that names no commune on the day."""
    return Fault(
        "commune_code",
        "commune",
        Text(
            "Không có xã, phường, thị trấn mang mã này vào ngày mở cửa", "No commune has this code on the opening day"
        ),
    )


def refuse_closed(*, closed: bool) -> None:
    """Raise OutletIsClosed when the outlet is closed."""
    if closed:
        raise OutletIsClosed(
            "Điểm bán hàng này đã đóng cửa.", "This outlet is closed already.", state="closed", allowed=[]
        )
