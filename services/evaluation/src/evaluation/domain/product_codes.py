"""Product codes: the number printed on the certificate, built from the ruleset's pattern."""

import re
from collections.abc import Mapping

from evaluation.domain.faults import Fault, FaultsError, quoted

SEGMENT = re.compile(r"\{([a-z_]+)\}")


class ProductCodeError(FaultsError):
    """Segments that do not fill the pattern."""


def code_segments(pattern: str) -> tuple[str, ...]:
    """Names of the segments of a pattern such as `{province}-{commune}-{seq}-{year}`, in order."""
    return tuple(SEGMENT.findall(pattern))


def format_product_code(pattern: str, segments: Mapping[str, str]) -> str:
    """The product code. Segments are strings of digits, so that official codes keep their leading zeros.

    Raises ProductCodeError listing each segment that is missing, unknown or not made of digits.
    """
    names = code_segments(pattern)
    faults = [
        Fault(quoted("segments", name), "missing", f"thiếu thành phần {name}", f"segment {name} is missing")
        for name in names
        if name not in segments
    ]
    for name, value in segments.items():
        path = quoted("segments", name)
        if name not in names:
            faults.append(Fault(path, "unknown", "mẫu mã không có thành phần này", "the pattern has no such segment"))
        elif not (isinstance(value, str) and re.fullmatch(r"[0-9]+", value)):
            faults.append(Fault(path, "type", "phải là chuỗi chữ số", "must be a string of digits"))
    if faults:
        raise ProductCodeError(faults)
    return SEGMENT.sub(lambda match: segments[match[1]], pattern)
