"""Refusals of councils, rounds, results and decisions that clients tell apart by their type."""

from shared.errors import Conflict, Forbidden, Text


class RoundNotOpen(Conflict):
    """The round takes no score sheets: not opened yet, or closed (409)."""

    slug = "round-not-open"
    title = Text("Đợt chấm điểm không mở", "The round is not open for scoring")


class AlreadySubmitted(Conflict):
    """The member's sheet on this dossier is in; submitted sheets do not change (409)."""

    slug = "sheet-already-submitted"
    title = Text("Đã nộp phiếu", "The sheet was submitted already")


class Recused(Forbidden):
    """The member stands aside: he declared a conflict of interest, or the chair decided it (403)."""

    slug = "recused"
    title = Text("Có xung đột lợi ích", "You stand aside because of a conflict of interest")


class QuorumNotMet(Conflict):
    """Too few members scored some dossiers (409); each is named."""

    slug = "quorum-not-met"
    title = Text("Chưa đủ thành viên chấm điểm", "Too few members have scored")


class OptionsNotAgreed(Conflict):
    """The council has not agreed an option for some criteria with a star floor (409); each is named."""

    slug = "options-not-agreed"
    title = Text("Hội đồng chưa thống nhất mức điểm", "The council has not agreed all options")


class MeetingNeeded(Conflict):
    """Written opinions differ: the council must meet and record the discussion first (409); dossiers are named."""

    slug = "meeting-needed"
    title = Text("Cần họp Hội đồng", "The council must meet")


class DiscussionMissing(Conflict):
    """A dossier is scored again only after a discussion that is on record (409)."""

    slug = "discussion-missing"
    title = Text("Chưa ghi nhận thảo luận", "No discussion is on record")


class VotesTooFew(Conflict):
    """Too few of the members present agree for a decision under the charter (409)."""

    slug = "votes-too-few"
    title = Text("Chưa đủ tỷ lệ biểu quyết", "Too few votes")


class ScoresDiverge(Conflict):
    """Members' totals differ by more than the charter allows (409); discuss and score again."""

    slug = "scores-diverge"
    title = Text("Điểm các thành viên chênh lệch quá mức", "Members' totals differ too much")


class ForwardsUpward(Conflict):
    """The ruleset sends this result to the next level: forward it, it is not decided here (409)."""

    slug = "result-goes-up"
    title = Text("Kết quả thuộc cấp trên", "The result goes to the next level")


class DecidedHere(Conflict):
    """The ruleset does not send this result on: it is decided, not forwarded (409)."""

    slug = "result-is-decided-here"
    title = Text("Kết quả không phải chuyển cấp trên", "The result is not forwarded")


class OtherBodyDecides(Forbidden):
    """The ruleset gives the decision on this star to another body (403)."""

    slug = "other-body-decides"
    title = Text("Thuộc thẩm quyền của cơ quan khác", "Another body decides this star")


class RoundOpen(Conflict):
    """The council has a round in which scoring is open (409)."""

    slug = "round-open"
    title = Text("Đợt chấm điểm đang mở", "A round is open")


class RoundTooLate(Conflict):
    """The ruleset wants some dossiers judged before an earlier day (409); each is named."""

    slug = "round-too-late"
    title = Text("Đợt đánh giá quá hạn quy định", "The round is held too late")


class DossierLeft(Conflict):
    """The dossier left the round before it closed: returned for repair, taken out or moved (409)."""

    slug = "dossier-left-round"
    title = Text("Hồ sơ đã rút khỏi đợt", "The dossier left the round")


class ResultsNotReady(Conflict):
    """The round has no results before it closes (409)."""

    slug = "results-not-ready"
    title = Text("Chưa có kết quả", "No results yet")
