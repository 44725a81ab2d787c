"""Refusals after a result that clients tell apart by their type."""

from shared.errors import Conflict, Invalid, Text


class DecisionsRefused(Conflict):
    """A decision over several dossiers fails for some of them, so for all (409); each is named with its reason."""

    slug = "decision-refused"
    title = Text("Quyết định có hồ sơ chưa đủ điều kiện", "Some dossiers cannot be decided")


class NumberTaken(Conflict):
    """The unit has signed a document of this number within the year (409)."""

    slug = "decision-number-taken"
    title = Text("Số quyết định đã dùng", "The decision number is taken")


class ApprovalMissing(Conflict):
    """The ruleset asks for a decision that approves the result before it goes up (409)."""

    slug = "result-not-approved"
    title = Text("Chưa có quyết định phê duyệt kết quả", "The result is not approved yet")


class NotEvaluatedAbove(Conflict):
    """The choice exists only for a result that the level above lowered (409)."""

    slug = "not-lowered-above"
    title = Text("Không phải kết quả do cấp trên hạ", "Not a result lowered above")


class RenewalOutsideWindow(Conflict):
    """A renewal is filed within its window (409); the dates are in the extra members."""

    slug = "renewal-outside-window"
    title = Text("Ngoài thời hạn nộp hồ sơ đánh giá lại", "Outside the renewal window")


class ObjectionClosed(Conflict):
    """The result cannot be objected to, or no longer (409)."""

    slug = "objection-closed"
    title = Text("Không còn khiếu nại được", "No objection is possible")


class NotPublishable(Conflict):
    """The round's results do not all have an outcome yet (409)."""

    slug = "round-not-finished"
    title = Text("Đợt đánh giá chưa xong", "The round is not finished")


class DecisionSuperseded(Conflict):
    """A later decision took this one's place (409)."""

    slug = "decision-superseded"
    title = Text("Quyết định đã được thay thế", "The decision was superseded")


class RevocationOpen(Conflict):
    """A proposal on the certificate waits for its decision (409)."""

    slug = "revocation-open"
    title = Text("Đã có đề nghị thu hồi đang chờ", "A revocation is being decided")


class CertificateEndedAlready(Conflict):
    """The certificate no longer holds, so there is nothing to revoke (409)."""

    slug = "certificate-ended"
    title = Text("Giấy chứng nhận không còn hiệu lực", "The certificate no longer holds")


class UnknownCause(Invalid):
    """The ruleset names no such cause of revocation (422)."""

    slug = "unknown-cause"
    title = Text("Không có căn cứ thu hồi này", "No such cause of revocation")
