"""Why a dossier is out before any ranking: the lines that its sheet prints, and what a council found.

26/2026 Annex II: the line "Hồ sơ bị loại khi" above each sheet and the notes inside it. Where a sheet's lines are not
known (all of 148's), or the ground is another one, the code is `other` and the council's words are the ground.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.domain.explanations import KnockOut
from evaluation.domain.sheets import Sheet, walk_items
from shared.errors import Fault, Text

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ground:
    """A printed ground of knocking out; `criterion` is the heading or criterion it stands at, None above the sheet."""

    code: str
    text_vi: str
    criterion: str | None


def grounds(sheet: Sheet) -> list[Ground]:
    """Every ground the sheet prints, in printed order: `disqualify-1`, then `knockout-<criterion>-1`."""
    found = [Ground(f"disqualify-{n}", line, None) for n, line in enumerate(sheet.disqualify_vi, 1)]
    for part in sheet.parts:
        for item in walk_items(part.items):
            found += [
                Ground(f"knockout-{item.code}-{n}", line, item.code) for n, line in enumerate(item.knockouts_vi, 1)
            ]
    return found


def ground_faults(sheet: Sheet, code: str) -> list[Fault]:
    """What is wrong with a ground's code: it is neither a line of this sheet nor `other`."""
    known = [*(ground.code for ground in grounds(sheet)), OTHER]
    if code in known:
        return []
    text = Text(
        f"phiếu {sheet.code} không có căn cứ loại {code}; chỉ có: {', '.join(known)}",
        f"sheet {sheet.code} prints no ground {code}; there are: {', '.join(known)}",
    )
    return [Fault("code", "unknown_ground", text)]


def kept_knock_out(sheet: Sheet, code: str, reason: str) -> dict[str, str]:
    """A finding as the inputs of a result keep it."""
    line = next((ground.text_vi for ground in grounds(sheet) if ground.code == code), "")
    return {"code": code, "line": line, "reason": reason}


def read_knock_outs(kept: Iterable[Mapping[str, Any]]) -> list[KnockOut]:
    """The findings of stored inputs. Both the sheet's lines and the council's words are Vietnamese."""
    found = []
    for entry in kept:
        told = f"{entry['line']} — {entry['reason']}" if entry["line"] else entry["reason"]
        found.append(KnockOut(entry["code"], told, told))
    return found
