"""Refusals of documents that clients tell apart by their type."""

from shared.errors import Conflict, Text


class NothingToPrint(Conflict):
    """What the document would be about is not there yet (409)."""

    slug = "document-not-ready"
    title = Text("Chưa có nội dung để lập văn bản", "There is nothing to make this document of yet")


class DocumentSigned(Conflict):
    """The document has its number: it is made no more (409)."""

    slug = "document-signed"
    title = Text("Văn bản đã ký", "The document is signed")


class NewerDraft(Conflict):
    """A later making of the document exists; that one is to be signed (409)."""

    slug = "newer-draft"
    title = Text("Đã có dự thảo mới hơn", "There is a newer draft")
