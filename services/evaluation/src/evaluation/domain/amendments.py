"""Amending Decisions: the derived ruleset documents that `amended_by` describes."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from evaluation.domain.documents import Node

AMENDABLE = frozenset(
    {
        "parts",
        "bands",
        "between_bands",
        "aggregate",
        "star_floors",
        "levels",
        "forward",
        "clocks",
        "rounds",
        "certificate",
        "product_code",
        "samples",
        "registration_slip",
        "ended_levels",
        "commune_report_items",
        "commune_steps",
        "commune_days",
        "dossier_types",
        "dossier_contents",
        "council_mode",
        "revocation",
        "lowered_result",
        "transition",
        "sheet_codes",
        "sources",
    }
)
"""Fields an amendment may replace whole. `recognised_by` (star → authority) changes the bands beside them."""


def amended_documents(node: Node) -> list[dict[str, Any]]:
    """The document before its first amendment, then after each amendment in turn.

    Each amendment (`id`, `decision`, `from`, `change`) makes a document with id `<id>+<amendment id>` that
    starts on `from`; the one before it ends the day before. Faults are noted on `node`.
    """
    amendments = node.nodes("amended_by")
    current: dict[str, Any] = {key: value for key, value in deepcopy(dict(node.fields)).items() if key != "amended_by"}
    documents = [current]
    for amendment in amendments:
        starts = amendment.day("from")
        after = deepcopy(current)
        after["id"] = f"{current.get('id')}+{amendment.text('id')}"
        after["decision"] = f"{current.get('decision')}, sửa đổi bởi {amendment.text('decision')}"
        after["effective_from"] = starts.isoformat()
        if starts.isoformat() <= str(current.get("effective_from")):
            amendment.fault("from", "order", "phải sau ngày bắt đầu của bản trước", "must be after the version before")
        else:
            current["effective_to"] = (starts - timedelta(days=1)).isoformat()
        _apply(after, amendment.node("change"))
        documents.append(after)
        current = after
    return documents


def _apply(document: dict[str, Any], change: Node) -> None:
    change.only(AMENDABLE | {"recognised_by"})
    for key, value in change.fields.items():
        if key in AMENDABLE:
            document[key] = deepcopy(value)
    authorities = change.star_map("recognised_by")
    bands = document.get("bands")
    for band in bands if isinstance(bands, list) else []:
        if isinstance(band, dict) and band.get("star") in authorities:
            band["recognised_by"] = authorities[band["star"]]
