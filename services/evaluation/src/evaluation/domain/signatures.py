"""What a member signs when he submits a score sheet: the hash of its content, and a statement.

26/2026 Annex II, foot of each sheet: total, remarks, day, the assessor's name and signature. The instant is the
database's (`submitted_at`), the person is the caller; both stand in the sheet's row, which nobody can change.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from uuid import UUID

STATEMENT = "Tôi tự chấm phiếu này, độc lập với các thành viên khác, và chịu trách nhiệm về số điểm đã chấm."

Answer = tuple[str, str, int, str | None]
"""(criterion, choice as written, points that count, note)"""


def signed_hash(
    *,
    sheet_id: UUID,
    round_id: UUID,
    dossier_id: UUID,
    member_id: UUID,
    sheet_hash: str,
    answers: Iterable[Answer],
    part_totals: Mapping[str, int],
    total: int,
    remarks: str | None,
) -> str:
    """SHA-256 of the sheet's canonical content: JSON with sorted keys, no blanks, answers by criterion, UTF-8."""
    content = {
        "sheet_id": str(sheet_id),
        "round_id": str(round_id),
        "dossier_id": str(dossier_id),
        "member_id": str(member_id),
        "sheet_hash": sheet_hash,
        "answers": sorted(answers, key=lambda answer: answer[0]),
        "part_totals": dict(part_totals),
        "total": total,
        "remarks": remarks,
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
