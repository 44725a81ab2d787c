"""A decision that recognises a product, as a certificate needs it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.domain.places import Place


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was decided, by whom, and how the certificate is numbered.

    `place` is where the product belonged when its dossier was filed (on paper: when it was registered).
    """

    star: int
    decision_number: str
    decided_on: date
    decided_by: str
    issued_on: date
    valid_to: date
    year: int
    place: Place
    code_pattern: str
    series: str
    product_code: str | None = None
    decision_id: UUID | None = None
    dossier_id: UUID | None = None

    @property
    def rank(self) -> tuple[date, int, str]:
        """Of two recognitions of a product the one with the higher rank is the later: it replaces the other."""
        return self.issued_on, self.star, self.decision_number
