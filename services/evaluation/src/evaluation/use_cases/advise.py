"""A council's advisory team writes down what it finds on a dossier (26/2026 Art. 7.3)."""

from uuid import UUID

from evaluation.domain.advice import Advice, AdviceKind, file_faults
from evaluation.domain.dossier_states import FINAL, DossierState, possible_steps
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.repair_items import Item, ItemKind
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.advice import AdvisoryRecordRow
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.level_offices import require_known_items
from shared.auth.actors import Actor
from shared.contracts.evaluation import AdvisoryReportSent
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Forbidden, Invalid, Text

WORKED_ON = frozenset({DossierState.FILED, DossierState.REPORTED, DossierState.FORWARDED, DossierState.IN_ROUND})
"""States in which a dossier waits at a level, so that its team works on it."""


async def advise(uow: EvaluationUow, actor: Actor, dossier_id: UUID, advice: Advice) -> AdvisoryRecordRow:
    """Write one record. Records are added, never changed; the newest report of a level is the one that counts.

    Raises NotFound, Forbidden unless the caller is in the team of a council of the unit at which the dossier waits,
    Conflict for its state, Invalid for files, items or points that may not be there.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id)
    council = await _team(uow, actor, dossier)
    if dossier.state not in WORKED_ON:
        raise Conflict(
            "Hồ sơ không ở bước thẩm tra.",
            "The dossier does not wait for the team.",
            state=dossier.state,
            allowed=[] if dossier.state in FINAL else possible_steps(dossier.state),
        )
    await _check(uow, actor, dossier, council, advice)
    record = AdvisoryRecordRow(
        dossier_id=dossier.id,
        council_id=council.id,
        level=council.level,
        kind=advice.kind,
        answers=advice.answers,
        on_day=advice.on_day,
        content=dict(advice.content),
        written_by=actor.person_id,
        writer=actor.name,
    )
    await uow.advice.add(record, advice.files)
    if advice.kind is AdviceKind.REPORT:
        await _tell(uow, dossier, council)
    await uow.audit(str(actor.person_id), f"advice.{advice.kind}", "dossier", dossier.id, {"record": str(record.id)})
    return record


async def _team(uow: EvaluationUow, actor: Actor, dossier: DossierRow) -> CouncilRow:
    level = None if dossier.level is None else Level(dossier.level)
    unit = None if level is None else unit_at(level, dossier)
    council = None
    if level is not None and unit is not None:
        council = await uow.advice.team_of(actor.person_id, level, unit.code)
    if council is None:
        raise Forbidden(
            "Bạn không thuộc Tổ tư vấn của Hội đồng đang chờ hồ sơ này.",
            "You are not in the advisory team of the council this dossier waits for.",
            level=dossier.level,
        )
    return council


async def _check(uow: EvaluationUow, actor: Actor, dossier: DossierRow, council: CouncilRow, advice: Advice) -> None:
    if advice.on_day > await uow.today():
        later = Text("ngày ở tương lai", "the day lies in the future")
        raise Invalid(faults=[Fault("on_day", "in_the_future", later)])
    sent = await uow.advice.sent_files(advice.files, actor.person_id) if advice.files else {}
    if faults := file_faults(advice, sent):
        raise invalid(ScoreError(faults))
    if advice.answers is not None and await uow.advice.test_request(dossier.id, advice.answers) is None:
        unknown = Text("không có yêu cầu kiểm nghiệm này", "no such test was asked for")
        raise Invalid(faults=[Fault("test_request_id", "unknown", unknown)])
    if advice.kind is AdviceKind.CHECK:
        items = [
            Item(ItemKind(entry["kind"]), entry["ref"], entry.get("reason"), bool(entry["ok"]))
            for entry in advice.content["items"]
        ]
        await require_known_items(uow, dossier, items)
    if advice.kind is AdviceKind.REPORT:
        await _check_report(uow, dossier, council, advice)


async def _check_report(uow: EvaluationUow, dossier: DossierRow, council: CouncilRow, advice: Advice) -> None:
    """Findings on each part of the sheet; points only where the charter lets the team propose some."""
    sheet = await uow.rules.sheet(dossier.sheet_id)
    charter = await uow.rules.charter(council.charter_id)
    parts = {part.code: part.max for part in sheet.parts}
    faults = []
    for i, finding in enumerate(advice.content["findings"]):
        if finding["part"] not in parts:
            unknown = Text(f"phiếu không có phần {finding['part']}", f"the sheet has no part {finding['part']}")
            faults.append(Fault(f"findings[{i}].part", "unknown_part", unknown))
        elif finding.get("points") is not None and not charter.advice_points:
            none = Text("theo quy chế Tổ tư vấn không đề xuất điểm", "by the charter the team proposes no points")
            faults.append(Fault(f"findings[{i}].points", "not_allowed", none))
        elif (finding.get("points") or 0) > parts[finding["part"]]:
            most = Text(f"nhiều nhất {parts[finding['part']]}", f"at most {parts[finding['part']]}")
            faults.append(Fault(f"findings[{i}].points", "too_many", most))
    named = [finding["part"] for finding in advice.content["findings"]]
    for part in parts:
        if named.count(part) != 1:
            once = Text(f"phần {part} cần đúng một nhận xét", f"part {part} needs exactly one finding")
            faults.append(Fault("findings", "missing_part", once))
    if faults:
        raise Invalid(faults=faults)


async def _tell(uow: EvaluationUow, dossier: DossierRow, council: CouncilRow) -> None:
    uow.publish(
        AdvisoryReportSent(
            dossier_id=dossier.id,
            council_id=council.id,
            round_id=await uow.rounds.live_round_of(dossier.id),
            level=Level(council.level),
            year=council.year,
            head_ids=tuple(await uow.councils.staff_ids(council.id, "advisory_head")),
        )
    )
