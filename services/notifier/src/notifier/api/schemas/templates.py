"""Templates of notices on the wire."""

from datetime import date, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from notifier.persistence.tables.policies import NoticeTemplate

TemplateState = Literal["draft", "submitted", "approved", "rejected"]


class FieldWords(BaseModel):
    """How one parameter of a provider's template is filled."""

    text: str = Field(min_length=1, max_length=500)
    most: int = Field(ge=1, le=400)


class TemplateDraft(BaseModel):
    """A new version. `fields` only for the form zns, `subject` and `html` only for mail. English words go to who chose
    English, and stand beside Vietnamese ones."""

    code: str = Field(max_length=60)
    form: str = Field(max_length=20)
    language: Literal["vi", "en"] = "vi"
    valid_from: date
    parameters: list[str] = Field(max_length=20)
    subject: str = Field("", max_length=300)
    body: str = Field(min_length=1, max_length=20_000)
    html: str = Field("", max_length=40_000)
    fields: dict[str, FieldWords] = Field(default_factory=dict, max_length=20)


class TemplateRead(BaseModel):
    """A version and its approval; `lead_days` is how long its provider took, or usually takes when it has not said."""

    code: str
    form: str
    version: int
    language: Literal["vi", "en"]
    valid_from: date
    parameters: list[str]
    subject: str
    body: str
    html: str
    fields: dict[str, Any]
    state: TemplateState
    provider_template: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    decision_note: str | None
    lead_days: int
    expected_on: date | None
    """When the provider's answer is to be expected, while it has the words."""

    @classmethod
    def of(cls, row: NoticeTemplate, approval_days: int) -> Self:
        """The row as the API shows it."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in {"lead_days", "expected_on"}}
        lead, expected = approval_days, None
        if row.submitted_at and row.decided_at:
            lead = (row.decided_at - row.submitted_at).days
        elif row.submitted_at:
            expected = (row.submitted_at + timedelta(days=approval_days)).date()
        return cls(**shown, lead_days=lead, expected_on=expected)


class TemplateList(BaseModel):
    """Every version of every template."""

    items: list[TemplateRead]


class TemplatePreview(BaseModel):
    """Words with example parameters. `segments` is what an SMS would be charged as."""

    subject: str
    body: str
    html: str
    segments: int | None
    fields: dict[str, str]


class TemplateDecision(BaseModel):
    """What the provider said."""

    approved: bool
    provider_template: str | None = Field(None, max_length=100)
    note: str | None = Field(None, max_length=1000)
