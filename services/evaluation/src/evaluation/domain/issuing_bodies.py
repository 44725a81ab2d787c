"""How an administrative document names its issuer, its place and day (Decree 30/2020/NĐ-CP, Annex I)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evaluation.domain.explanations import decimal_text
from evaluation.domain.units_of_levels import KINDS, SIGNATURES, Unit
from shared.contracts.roles import Level

COMMUNE_KINDS = ("Xã ", "Phường ", "Thị trấn ", "Đặc khu ")
COUNCIL = ("Hội đồng đánh giá,", "phân hạng sản phẩm OCOP")
LAST_PADDED_MONTH = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The top of a document: issuing body below its superior (both in lines as printed), the letters after the
    number ("QĐ-UBND"), and the place and day. The number is written in when the document is signed.
    """

    superior: tuple[str, ...]
    body: tuple[str, ...]
    symbol: str
    place: str
    day: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """The administration that issues at a level: its lines on a letter, its name in a sentence, its initials."""

    lines: tuple[str, ...]
    name: str
    initials: str
    place: str
    head: tuple[str, ...]
    """Who signs a decision of its head."""
    in_its_name: tuple[str, ...]
    """Who signs for the body as a whole: "TM." for a committee."""
    decides_as: str
    """The body of a decision: "Chủ tịch Ủy ban nhân dân tỉnh Quảng Nam"."""


def in_sentence(name: str) -> str:
    """A unit's name within a sentence: "tỉnh Quảng Nam"."""
    return name[0].lower() + name[1:] if name.startswith(KINDS + COMMUNE_KINDS) else name


def bare(name: str) -> str:
    """A unit's name without its kind: "Quảng Nam"."""
    kind = next((kind for kind in KINDS + COMMUNE_KINDS if name.startswith(kind)), "")
    return name[len(kind) :]


def committee(unit_name: str) -> Office:
    """The People's Committee of a unit."""
    name = in_sentence(unit_name)
    return Office(
        lines=("Ủy ban nhân dân", name),
        name=f"Ủy ban nhân dân {name}",
        initials="UBND",
        place=bare(unit_name),
        head=("Chủ tịch",),
        in_its_name=("TM. Ủy ban nhân dân", "Chủ tịch"),
        decides_as=f"Chủ tịch Ủy ban nhân dân {name}",
    )


def office_at(level: Level, unit: Unit, on: date) -> Office:
    """Who issues at a level: a People's Committee, at the centre the ministry of that day."""
    if level is not Level.CENTRAL:
        return committee(unit.name)
    minister = next(title for since, title in SIGNATURES["minister"].titles if since <= on)
    ministry = minister.removeprefix("Bộ trưởng ")
    initials = "B" + "".join(word[0] for word in ministry.removeprefix("Bộ ").split() if word != "và").upper()
    return Office((ministry,), ministry, initials, "Hà Nội", ("Bộ trưởng",), ("Bộ trưởng",), minister)


def long_day(day: date | None, year: int | None = None) -> str:
    """ "ngày 05 tháng 02 năm 2026": days below 10 and January and February with a leading zero; without a day, room to
    write it.
    """
    if day is None:
        return f"ngày … tháng … năm {year}"
    month = f"{day.month:02d}" if day.month <= LAST_PADDED_MONTH else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def short_day(day: date | None) -> str | None:
    """ "05/02/2026"."""
    return None if day is None else f"{day:%d/%m/%Y}"


OUT = "không xếp hạng"
"""In place of a star, where the council knocked the dossier out."""


def points(value: str | int | Fraction | None, places: int = 2) -> str:
    """Points as read in Vietnam: "91,67"; whole ones without decimals; none where a dossier was knocked out unscored.

    For display only.
    """
    if value is None:
        return "không tính"
    exact = Fraction(value)
    return str(exact) if exact.denominator == 1 else decimal_text(exact, places).replace(".", ",")


def stars(count: int | None) -> str:
    """ "4 (bốn) sao"; `OUT` where there is none."""
    if count is None:
        return OUT
    return f"{count} ({('không', 'một', 'hai', 'ba', 'bốn', 'năm')[count]}) sao"


def draft_head(office: Office, letters: str, year: int) -> Head:
    """The head of a draft of this office: no number, no day; `letters` is the type of document ("QĐ")."""
    return Head((), office.lines, f"{letters}-{office.initials}", office.place, long_day(None, year))


def council_head(office: Office, letters: str, day: date) -> Head:
    """The head of a council's document."""
    return Head(office.lines, COUNCIL, f"{letters}-HĐOCOP", office.place, long_day(day))
