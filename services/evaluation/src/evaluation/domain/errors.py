"""Refusals of evaluation, and the rules' own faults put into the words of a problem document."""

from evaluation.domain import faults
from shared.errors import Conflict, Fault, Invalid, Text


class RecordedOnly(Conflict):
    """A sheet whose criteria are not known well enough to compute with was asked for a computation (409)."""

    slug = "sheet-recorded-only"
    title = Text("Bộ tiêu chí chỉ để ghi nhận", "The sheet is recorded only")


class RulesInUse(Conflict):
    """Rules that a dossier or a council already stands on were to be replaced (409)."""

    slug = "rules-in-use"
    title = Text("Quy định đang được áp dụng", "The rules are in use")


class NoRulesInForce(Conflict):
    """No ruleset governs such a dossier on that day, or it has no sheet for the product (409)."""

    slug = "no-rules-in-force"
    title = Text("Chưa có quy định áp dụng", "No rules are in force")


class DossierOpen(Conflict):
    """The product has a dossier that is not over yet (409)."""

    slug = "dossier-open"
    title = Text("Sản phẩm đã có hồ sơ đang xử lý", "The product has an open dossier")


class WindowClosed(Conflict):
    """The unit no longer takes in dossiers of this year (409)."""

    slug = "filing-window-closed"
    title = Text("Đã hết hạn nhận hồ sơ", "The filing window is closed")


class DossierIncomplete(Invalid):
    """A dossier was to be filed that lacks something; all of it is listed (422)."""

    slug = "dossier-incomplete"
    title = Text("Hồ sơ chưa đầy đủ", "The dossier is incomplete")


class TooManyPapers(Conflict):
    """The dossier has as many papers as it may (409)."""

    slug = "too-many-papers"
    title = Text("Hồ sơ đã đủ số tệp", "The dossier has all the papers it may have")


class DraftClash(Conflict):
    """Two people changed one field of a draft to different values (409); `clashes` holds both."""

    slug = "draft-clash"
    title = Text("Có người khác đã sửa cùng nội dung", "Somebody else changed the same field")


class FileRefused(Invalid):
    """A file that may not be stored as evidence (422)."""

    slug = "file-refused"
    title = Text("Không nhận tệp này", "The file is refused")


def invalid(error: faults.FaultsError) -> Invalid:
    """A 422 that lists every fault with its path."""
    return Invalid(
        "Dữ liệu gửi lên chưa đúng; xem từng lỗi trong errors.",
        "The payload is not valid; see each fault in errors.",
        faults=[Fault(f.path, f.code, Text(f.message_vi, f.message_en)) for f in error.faults],
    )
