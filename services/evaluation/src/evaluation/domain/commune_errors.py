"""Refusals of receiving dossiers that clients tell apart by their type."""

from shared.errors import Conflict, Text


class NoSlipNumber(Conflict):
    """The dossier's ruleset prescribes no number for registration slips (409)."""

    slug = "no-slip-number"
    title = Text("Không quy định số phiếu", "No slip number is prescribed")


class AlreadyReceived(Conflict):
    """A slip of this level is in force for the dossier (409)."""

    slug = "dossier-already-received"
    title = Text("Hồ sơ đã có phiếu đăng ký", "The dossier has a slip already")


class LevelStands(Conflict):
    """The level at which the dossier waits was not abolished: nothing is taken over (409)."""

    slug = "level-stands"
    title = Text("Cấp này còn hoạt động", "The level stands")
