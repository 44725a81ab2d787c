"""A signed decision, or what a proposal rests on, names its file by hash: it must be here, and the caller's to name."""

from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text


async def check_named_file(uow: EvaluationUow, actor: Actor, sha256: str | None, *, pdf: bool = True) -> None:
    """Hold the file for the transaction, where one is named.

    Knowing a hash is not enough: the caller sent the content, or it is the signed file of a document that he sees.
    Raises Invalid with the path `file_sha256`; also for another kind than PDF, unless `pdf` is false.
    """
    if sha256 is None:
        return
    stored = await uow.documents.usable_by(sha256, actor)
    if stored is None:
        unknown = Text(
            "chưa có tệp này: gửi tệp trước bằng PUT document-files/{sha256}",
            "no such file of yours: send it first with PUT document-files/{sha256}",
        )
        raise Invalid(faults=[Fault("file_sha256", "unknown_file", unknown)])
    if pdf and stored.kind != "pdf":
        kinds = Text("văn bản đã ký phải là tệp PDF", "a signed document is a PDF")
        raise Invalid(faults=[Fault("file_sha256", "wrong_kind", kinds)])
