"""The forms of a dossier on the wire: Form 01, and Form 02 beside the self-score. Half-filled forms are welcome."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator

from evaluation.domain.dossier_forms import personal_fields
from shared.contracts.base import Wire

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Dong = Annotated[int, Field(ge=-(10**15), le=10**15, description="đồng")]
Year = Annotated[int, Field(ge=2000, le=2100)]
IntellectualProperty = Literal[
    "trademark", "right_to_use_a_collective_mark", "patent", "industrial_design", "copyright", "other"
]


class RegistrationForm(Wire):
    """Form 01. Any field may be left out until filing; product and group are those of registry.

    Filing is the statement of truth that ends the paper form; the official use is filled at receipt.
    """

    unit_name: Line | None = None
    representative: Line | None = None
    position: Line | None = None
    address: Line | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 .()-]{6,30}$")] | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    samples: Annotated[int, Field(ge=0, le=1000)] | None = None
    original_report: bool | None = None
    electronic_report: bool | None = None
    changes: Prose | None = None


class GeneralData(Wire):
    """Form 02 part I, beyond what Form 01 and registry say."""

    gender: Literal["female", "male", "other"] | None = None
    ethnicity: Line | None = None
    permanent_address: Line | None = None
    founded_on: date | None = None
    registration_number: Line | None = None
    specification: Prose | None = None
    standard: Prose | None = None
    has_business_registration: bool | None = None
    has_quality_declaration: bool | None = None
    has_food_safety_certificate: bool | None = None
    has_production_certificate: bool | None = None
    intellectual_property: Annotated[list[IntellectualProperty], Field(max_length=6)] | None = None
    other_intellectual_property: Line | None = None
    history: Prose | None = None
    organisation: Prose | None = None

    @field_validator("intellectual_property")
    @classmethod
    def _in_one_order(cls, value: list[str] | None) -> list[str] | None:
        """Two people who tick the same boxes in another order mean the same."""
        return sorted(set(value)) if value is not None else None


class PlanResults(Wire):
    """Form 02 part II: what came of the production and business plan. Money in đồng."""

    material_area: Prose | None = None
    technology: Prose | None = None
    changes: Prose | None = None
    markets: Prose | None = None
    year: Year | None = None
    revenue: Annotated[Dong, Field(ge=0)] | None = None
    profit: Dong | None = None


class NextPlan(Wire):
    """Form 02 part IV."""

    production: Prose | None = None
    business: Prose | None = None


class YearlyFigures(Wire):
    """Output (in words, with its unit) and revenue of one year."""

    year: Year
    output: Line
    revenue: Annotated[Dong, Field(ge=0)]


class RenewalReview(Wire):
    """What a renewal looks over again (26/2026 Art. 6; Form 02 part III)."""

    materials: Prose | None = None
    technology: Prose | None = None
    packaging: Prose | None = None
    labels: Prose | None = None
    quality_declaration: Prose | None = None
    periodic_tests: Prose | None = None
    markets: Prose | None = None
    yearly_figures: Annotated[list[YearlyFigures], Field(max_length=5)] | None = None
    renewed_papers: Prose | None = None


class SelfAssessment(Wire):
    """Form 02 beside the self-score."""

    general: GeneralData = GeneralData()
    results: PlanResults = PlanResults()
    plan: NextPlan = NextPlan()
    review: RenewalReview = RenewalReview()


FORM_MODELS: Mapping[str, type[Wire]] = {
    "registration_form": RegistrationForm,
    "general": GeneralData,
    "results": PlanResults,
    "plan": NextPlan,
    "review": RenewalReview,
}
"""The wire model of each section of `domain/dossier_forms.FORMS`."""


def read_field(section: str, name: str, value: Any) -> Any:
    """One field's value as it is stored. Raises pydantic's ValidationError when it may not hold this."""
    return FORM_MODELS[section].model_validate({name: value}).model_dump(mode="json")[name]


class HiddenForms(BaseModel):
    """Both forms without the fields that the reader's office does not need, and the paths of those."""

    registration_form: RegistrationForm
    self_assessment: SelfAssessment
    hidden: list[str]

    @classmethod
    def of(cls, form: Mapping[str, Any], sections: Mapping[str, Any], *, personal: bool) -> "HiddenForms":
        """The stored forms; `personal`: the reader may see personal fields."""
        shown: dict[str, Any] = {}
        hidden: list[str] = []
        for section, model in FORM_MODELS.items():
            values = form if section == "registration_form" else sections.get(section, {})
            away = frozenset[str]() if personal else personal_fields(section)
            prefix = "" if section == "registration_form" else f"self_assessment.{section}."
            hidden += [prefix + name for name in sorted(away)]
            shown[section] = model.model_validate({name: v for name, v in values.items() if name not in away})
        registration = shown.pop("registration_form")
        return cls(registration_form=registration, self_assessment=SelfAssessment(**shown), hidden=hidden)
