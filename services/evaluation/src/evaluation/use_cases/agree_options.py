"""The chair writes down the option the council agrees on for each criterion with a star floor."""

from collections.abc import Mapping
from uuid import UUID

from evaluation.domain.choices import Choice, read_agreed
from evaluation.domain.councils import not_agreed
from evaluation.domain.documents import Faults
from evaluation.domain.errors import invalid
from evaluation.domain.faults import Fault, ScoreError
from evaluation.persistence.tables.rounds import RoundDossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import dossier_for_presider, require_not_recused, require_presider
from shared.auth.actors import Actor
from shared.errors import PreconditionRequired, Stale


async def agree_options(
    uow: EvaluationUow,
    actor: Actor,
    round_id: UUID,
    dossier_id: UUID,
    options: Mapping[str, Choice],
    expected: int | None,
) -> RoundDossierRow:
    """Replace the agreed options of a dossier while the round is open (charter setting `floor_test: agreed`).

    They may be few at first; closing wants all. `expected` is the version the chair edits, the first writing needs
    none. Raises NotFound, Forbidden, RoundNotOpen, Invalid, PreconditionRequired, Stale.
    """
    entry = await dossier_for_presider(uow, actor, round_id, dossier_id)
    if expected is None and entry.agreed_version > 0:
        raise PreconditionRequired(
            "Đã có mức thống nhất: gửi If-Match với ETag của lần đọc gần nhất.",
            "Options were agreed before: send If-Match with the ETag of your latest read.",
        )
    if expected is not None and expected != entry.agreed_version:
        raise Stale("Mức thống nhất đã được sửa; đọc lại rồi sửa tiếp.", "They changed; read again, then edit.")
    faults = Faults()
    read_agreed(await uow.rules.sheet(entry.sheet_id), options, (), faults)
    if faults:
        raise invalid(ScoreError([_in_payload(fault) for fault in faults]))
    entry.agreed = dict(options)
    entry.agreed_version += 1
    await uow.session.flush()
    return entry


async def read_agreed_options(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> RoundDossierRow:
    """The row with what is agreed so far, for who presides. Raises NotFound, Forbidden."""
    round_row = await uow.rounds.get(actor, round_id)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    await require_presider(uow, actor, round_row, dossier_id)
    return entry


async def options_to_agree(uow: EvaluationUow, entry: RoundDossierRow) -> list[str]:
    """Codes of the criteria on which closing still wants an option."""
    round_council = await uow.rounds.council_of(entry.round_id)
    charter = await uow.rules.charter(round_council.charter_id)
    ruleset = await uow.rules.ruleset(entry.ruleset_id)
    sheet = await uow.rules.sheet(entry.sheet_id)
    return not_agreed(ruleset, sheet, charter, entry.agreed or {})


def _in_payload(fault: Fault) -> Fault:
    return Fault("options" + fault.path.removeprefix("agreed"), fault.code, fault.message_vi, fault.message_en)
