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
    warm_up: float = 1.0
    """Seconds that a side runs before its first turn."""
    share: float = 1.0
    """Of the pieces of work that a part usually does; a test that tries the parts does few."""

    def some(self, usual: int) -> int:
        """That share of a usual number of pieces, one at least."""
        return max(1, round(usual * self.share))
