"""Short-lived links to contents: signed by the store where it can, by us where it cannot (a folder)."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from evaluation.domain.uploads import LinkInvalid
from evaluation.integrations.files import FileStore
from evaluation.persistence.tables.evidence import EvidenceFileRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor

LIFETIME = timedelta(minutes=5)


async def link_file(
    uow: EvaluationUow, store: FileStore, actor: Actor, sha256: str, public_url: str
) -> tuple[str, datetime]:
    """An address of a content that the person may see, and when it ends. Raises NotFound."""
    await uow.evidence.file_seen_by(sha256, actor)
    expires_at = await uow.uploads.instant() + LIFETIME
    if store.signs:
        return await store.sign(sha256, LIFETIME), expires_at
    key = await uow.uploads.link_key(secrets.token_bytes(32))
    until = int(expires_at.timestamp())
    signature = _signature(key, sha256, until)
    return (
        f"{public_url.rstrip('/')}/api/evaluation/v1/linked-files/{sha256}?until={until}&signature={signature}",
        expires_at,
    )


async def linked_file(uow: EvaluationUow, sha256: str, until: int, signature: str) -> EvidenceFileRow:
    """The content that a link of ours names. Raises LinkInvalid (410), NotFound when it was cleaned away."""
    key = await uow.uploads.link_key(secrets.token_bytes(32))
    now = (await uow.uploads.instant()).timestamp()
    if not hmac.compare_digest(_signature(key, sha256, until), signature) or until <= now:
        raise LinkInvalid(
            "Liên kết đã hết hạn hoặc không đúng; hãy lấy liên kết mới.",
            "The link has expired or is not right; ask for a new one.",
        )
    return await uow.evidence.file(sha256)


def _signature(key: bytes, sha256: str, until: int) -> str:
    return hmac.new(key, f"GET {sha256} {until}".encode(), hashlib.sha256).hexdigest()
