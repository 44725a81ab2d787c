"""Pydantic's validation errors as faults in Vietnamese and English, with paths a frontend can follow."""

from collections.abc import Sequence
from typing import Any

from shared.errors import Fault, Text

_VIETNAMESE = {
    "missing": "Thiếu trường này",
    "extra_forbidden": "Không có trường này",
    "string_type": "Phải là chuỗi ký tự",
    "string_too_short": "Cần ít nhất {min_length} ký tự",
    "string_too_long": "Tối đa {max_length} ký tự",
    "string_pattern_mismatch": "Không đúng định dạng {pattern}",
    "string_unicode": "Có ký tự không hợp lệ",
    "int_type": "Phải là số nguyên",
    "int_parsing": "Phải là số nguyên",
    "int_from_float": "Phải là số nguyên",
    "float_type": "Phải là số",
    "bool_type": "Phải là true hoặc false",
    "bool_parsing": "Phải là true hoặc false",
    "greater_than": "Phải lớn hơn {gt}",
    "greater_than_equal": "Phải từ {ge} trở lên",
    "less_than": "Phải nhỏ hơn {lt}",
    "less_than_equal": "Không quá {le}",
    "enum": "Phải là một trong: {expected}",
    "literal_error": "Phải là một trong: {expected}",
    "uuid_parsing": "Không phải mã UUID",
    "uuid_type": "Không phải mã UUID",
    "date_parsing": "Không phải ngày (YYYY-MM-DD)",
    "date_from_datetime_parsing": "Không phải ngày (YYYY-MM-DD)",
    "date_from_datetime_inexact": "Phải là ngày, không kèm giờ",
    "date_type": "Không phải ngày (YYYY-MM-DD)",
    "datetime_parsing": "Không phải thời điểm ISO 8601",
    "datetime_from_date_parsing": "Không phải thời điểm ISO 8601",
    "timezone_aware": "Thời điểm phải có múi giờ",
    "list_type": "Phải là danh sách",
    "too_short": "Cần ít nhất {min_length} phần tử",
    "too_long": "Tối đa {max_length} phần tử",
    "dict_type": "Phải là đối tượng",
    "model_type": "Phải là đối tượng",
    "model_attributes_type": "Phải là đối tượng",
    "json_invalid": "Nội dung không phải JSON hợp lệ",
}


def faults_of(errors: Sequence[Any]) -> list[Fault]:
    """One fault per error, all at once. A body's paths start at the body's own fields."""
    return [_fault(error) for error in errors]


def _fault(error: Any) -> Fault:
    kind = str(error.get("type", "value"))
    english = str(error.get("msg", kind))
    pattern = _VIETNAMESE.get(kind)
    try:
        vietnamese = pattern.format(**error.get("ctx", {})) if pattern else f"Giá trị không hợp lệ: {english}"
    except (KeyError, IndexError):
        vietnamese = f"Giá trị không hợp lệ: {english}"
    return Fault(field_path(error.get("loc", ())), kind, Text(vietnamese, english))


def field_path(location: Sequence[str | int]) -> str:
    """("body", "score_sheets", 0, "choices", "1.1") -> `score_sheets[0].choices["1.1"]`."""
    parts = list(location)
    if parts and parts[0] == "body" and len(parts) > 1:
        parts = parts[1:]
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif str(part).isidentifier() or not path:
            path += f".{part}" if path else str(part)
        else:
            path += f'["{part}"]'
    return path
