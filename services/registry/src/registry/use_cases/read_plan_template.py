"""Read a plan that ships with the system."""

from registry.data import read_document
from registry.domain.plans import PlanDraft, draft_of_document
from shared.errors import NotFound

TEMPLATES = {"plan-2023": "plan-2023.json"}


def read_plan_template(code: str) -> PlanDraft:
    """The plan document named `code`, as a draft. Raises NotFound."""
    if code not in TEMPLATES:
        raise NotFound("Không có mẫu kế hoạch này.", "There is no such plan template.", known=sorted(TEMPLATES))
    return draft_of_document(read_document(TEMPLATES[code]))
