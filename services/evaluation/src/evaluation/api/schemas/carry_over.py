"""A dossier beside an earlier one, on the wire."""

from dataclasses import asdict
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from evaluation.domain.access import sees_personal_data
from evaluation.domain.carrying_over import HeldPaper, Item
from evaluation.domain.dossier_forms import FORMS, FormField
from evaluation.domain.sheets import Sheet
from evaluation.use_cases.carry_over import Comparison
from shared.auth.actors import Actor
from shared.contracts.base import Wire


class CarryOverDraft(Wire):
    """The earlier dossier of the product to take over from."""

    from_dossier_id: UUID


class PaperRead(BaseModel):
    """A paper of either dossier."""

    file_sha256: str
    name: str
    criteria: list[str]
    issuer: str | None
    number: str | None
    issued_on: date | None
    expires_on: date | None


class ItemRead(BaseModel):
    """One thing of either dossier, named in words; `before` and `now` are null where personal or absent.

    `section`: a form, `choices`, `notes`, `evidence`. `state`: `carried` (as before), `changed`, `new`, `expired` (a
    paper), `not_on_sheet` (this sheet does not ask it), `to_be_answered_anew` (asked with other options), `missing`.
    """

    section: str
    field: str
    vi: str
    en: str | None
    state: Literal["carried", "changed", "new", "expired", "not_on_sheet", "to_be_answered_anew", "missing"]
    before: Any = None
    now: Any = None


class ComparisonRead(BaseModel):
    """What an earlier dossier gave, and what is new, changed or expired; `earlier` is null where there is none."""

    id: UUID
    version: int
    sheet: str
    earlier: UUID | None
    earlier_sheet: str | None
    counts: dict[str, int]
    items: list[ItemRead]

    @classmethod
    def of(cls, found: Comparison, actor: Actor) -> "ComparisonRead":
        """What this person may see of it."""
        personal = sees_personal_data(actor, found.row.producer_id)
        counts: dict[str, int] = {}
        for item in found.items:
            counts[item.state] = counts.get(item.state, 0) + 1
        return cls(
            id=found.row.id,
            version=found.row.version,
            sheet=found.sheet.code,
            earlier=found.earlier.id if found.earlier else None,
            earlier_sheet=found.earlier_sheet.code if found.earlier_sheet else None,
            counts=counts,
            items=[_read(found, item, personal=personal) for item in found.items],
        )


def _read(found: Comparison, item: Item, *, personal: bool) -> ItemRead:
    form: FormField | None = FORMS.get(item.section, {}).get(item.field)
    shown = form is None or personal or not form.personal
    vi, en = (form.vi, form.en) if form else _words(found, item)
    return ItemRead(
        section=item.section,
        field=item.field,
        vi=vi,
        en=en,
        state=item.state.value,
        before=_value(item.before) if shown else None,
        now=_value(item.now) if shown else None,
    )


def _words(found: Comparison, item: Item) -> tuple[str, str | None]:
    if item.section == "evidence":
        return item.field, None
    sheet: Sheet = found.sheet if found.sheet.criterion(item.field) or not found.earlier_sheet else found.earlier_sheet
    criterion = sheet.criterion(item.field)
    return (criterion.title_vi, criterion.title_en) if criterion else (item.field, None)


def _value(value: Any) -> Any:
    return PaperRead(**asdict(value)) if isinstance(value, HeldPaper) else value
