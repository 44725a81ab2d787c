"""What the caller of `make bench` chose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Sizes and lengths of a run."""

    products: int
    million: int | None
    """Products of the large search, None to leave it out."""
    rounds: int
    seconds: float
    """Length of one side's turn."""
