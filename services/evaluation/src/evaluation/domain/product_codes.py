"""The pattern of product codes that a ruleset document names."""

import re

SEGMENT = re.compile(r"\{([a-z_]+)\}")


def code_segments(pattern: str) -> tuple[str, ...]:
    """Names of the segments of a pattern such as `{province}-{commune}-{seq}-{year}`, in order."""
    return tuple(SEGMENT.findall(pattern))
