"""Refusals of rules administration."""

from shared.errors import Conflict, Text


class AlreadyPublished(Conflict):
    """A draft was to be published a second time (409)."""

    slug = "rules-published"
    title = Text("Bản này đã được ban hành", "This draft is published already")


class RulesInForceThen(Conflict):
    """A version was to begin on a day from which on others already stand on the version before, or before a later
    version (409). `earliest` is the first day possible, where one is.
    """

    slug = "rules-in-force-then"
    title = Text("Không bắt đầu được từ ngày đó", "It cannot begin on that day")


class RecomputationRunning(Conflict):
    """The results of the unit are being recomputed already (409)."""

    slug = "recomputation-running"
    title = Text("Đang tính lại kết quả", "Results are being recomputed")
