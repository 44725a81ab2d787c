"""Changes of a draft, field by field, on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    Field,
    JsonValue,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from evaluation.api.schemas.dossier_forms import FORM_MODELS, Prose, read_field
from evaluation.domain.drafts import DraftChange
from evaluation.use_cases.merge_draft import MergedDraft
from shared.contracts.base import Wire

Section = Literal[
    "registration_form", "general", "results", "plan", "review", "choices", "notes", "part_totals"
]  # named one by one: the OpenAPI document must list them; a test holds them against the domain's

NOTE: TypeAdapter[str] = TypeAdapter(Prose)
PART_TOTAL: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=0, le=1000, strict=True)])


class DraftChangeWire(Wire):
    """One field's new `value` (null empties it), and the value the author last `seen` there (null for none).

    `section` and `field`: a form and its field, or `choices`, `notes`, `part_totals` and the code of a criterion or
    part.
    """

    section: Section
    field: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    seen: JsonValue = None
    value: JsonValue

    @field_validator("field")
    @classmethod
    def _known(cls, field: str, info: ValidationInfo) -> str:
        model = FORM_MODELS.get(info.data.get("section", ""))
        if model is not None and field not in model.model_fields:
            raise PydanticKnownError("extra_forbidden")
        return field

    @field_validator("value")
    @classmethod
    def _fits(cls, value: JsonValue, info: ValidationInfo) -> Any:
        section, field = info.data.get("section"), info.data.get("field")
        if value is None or section is None or field is None:
            return value
        try:
            return _stored(section, field, value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise PydanticCustomError(first["type"], first["msg"], first.get("ctx")) from error

    @field_validator("seen")
    @classmethod
    def _as_stored(cls, seen: JsonValue, info: ValidationInfo) -> Any:
        """What was seen, in the form in which it would be stored, so that a stray space is no clash."""
        section, field = info.data.get("section"), info.data.get("field")
        if seen is None or section is None or field is None:
            return seen
        try:
            return _stored(section, field, seen)
        except ValidationError:
            return seen  # nothing that can be stored: it will be told as a clash

    def change(self) -> DraftChange:
        """As the rules take it."""
        return DraftChange(self.section, self.field, self.seen, self.value)


def _stored(section: str, field: str, value: Any) -> Any:
    if section in FORM_MODELS:
        return read_field(section, field, value)
    if section == "part_totals":
        return PART_TOTAL.validate_python(value)
    return NOTE.validate_python(value) if section == "notes" else value


class DraftChanges(Wire):
    """What one person changed since the last save: all of it is saved, or none."""

    changes: Annotated[list[DraftChangeWire], Field(min_length=1, max_length=500)]


class SavedField(BaseModel):
    """A field as it is stored now: what the next change of it has `seen`."""

    section: Section
    field: str
    value: Any


class DraftSaved(BaseModel):
    """The draft after the changes: the fields that were sent, and the self-score's points."""

    id: UUID
    version: int
    updated_at: datetime
    fields: list[SavedField]
    parts: dict[str, int]
    total: int

    @classmethod
    def of(cls, merged: MergedDraft, sent: DraftChanges) -> "DraftSaved":
        """From the merged draft."""
        named = dict.fromkeys((change.section, change.field) for change in sent.changes)
        return cls(
            id=merged.row.id,
            version=merged.row.version,
            updated_at=merged.row.updated_at,
            fields=[
                SavedField(section=section, field=field, value=merged.content[section].get(field))
                for section, field in named
            ],
            parts=merged.row.self_score.get("parts", {}),
            total=merged.row.self_score.get("total", 0),
        )
