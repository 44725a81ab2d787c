"""Notices that are about no single duty, and what their words can say."""

from collections.abc import Collection

DIGEST_PARAMETERS = frozenset({"recipient", "day", "items"})
"""What a digest can say; `items` are [{"title", "title_en", "unit_name", "due_on", "days_left", "done", "total"}]."""
RISK_PARAMETERS = frozenset({"recipient", "week_on", "lines"})
"""What a report of risk can say; `lines` are the deadlines at risk, as `GET risk` shows them."""

ENDPOINT_PARAMETERS = frozenset({"recipient", "endpoint", "because", "failing_since"})
"""What the notice to the owner of a webhook that was switched off can say."""

ABSENCE_TEMPLATE = "absence"
ABSENCE_PARAMETERS = frozenset({"recipient", "absent_name", "from_on", "to_on", "cancelled"})
"""What the notice to a deputy can say; `cancelled`: the deputy stands in no longer. Why somebody is absent is not
told."""

CODE_TEMPLATE = "contact_code"
CODE_PARAMETERS = frozenset({"recipient", "code", "minutes"})
"""What the notice that proves an address can say; `code` is drawn when it is sent."""


def offered(code: str, parameters: Collection[str], otherwise: frozenset[str]) -> frozenset[str]:
    """The parameters that a notice whose words name these has; `otherwise` where it is about one duty or silence."""
    if code == CODE_TEMPLATE:
        return CODE_PARAMETERS
    if code == ABSENCE_TEMPLATE:
        return ABSENCE_PARAMETERS
    if "items" in parameters:
        return DIGEST_PARAMETERS
    if "endpoint" in parameters:
        return ENDPOINT_PARAMETERS
    return RISK_PARAMETERS if "lines" in parameters else otherwise


EXAMPLE = {
    "endpoint": "Hệ thống Thử",
    "because": "the endpoint answered 410 Gone",
    "failing_since": "2023-07-19",
    "absent_name": "Trần Văn Thử",
    "from_on": "2023-07-20",
    "to_on": "2023-07-26",
    "cancelled": False,
    "code": "012345",
    "minutes": 15,
    "day": "2023-07-24",
    "items": [
        {
            "title": "Đánh giá sản phẩm OCOP",
            "title_en": "OCOP evaluation",
            "unit_name": "Huyện Thử",
            "done": 7,
            "total": 12,
            "due_on": "2023-07-31",
            "days_left": 7,
        },
    ],
    "week_on": "2023-07-24",
    "lines": [
        {
            "area": "502",
            "area_name": "Huyện Thử",
            "title": "Đánh giá sản phẩm OCOP",
            "title_en": "OCOP evaluation",
            "due_on": "2023-07-31",
            "days_left": 7,
            "light": "red",
            "done": 7,
            "total": 12,
        },
    ],
}
"""What these parameters hold in previews."""
