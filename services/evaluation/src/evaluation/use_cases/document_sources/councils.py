"""Minutes and result list of a closed round."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain import council_papers
from evaluation.domain.council_papers import Person, Ranked
from evaluation.domain.councils import CHAIR_SEAT
from evaluation.domain.issuing_bodies import OUT, Office, in_sentence, office_at, points
from evaluation.domain.units_of_levels import Unit
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.matter import Asked, Matter, not_ready, require_secretary
from evaluation.use_cases.round_posts import ALLOWED
from shared.auth.actors import Actor
from shared.contracts.roles import Level


async def minutes(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The minutes of a closed round, for the secretary of its unit."""
    round_row, facts, office = await _closed_round(uow, actor, subject_id)
    paper = council_papers.minutes(
        office,
        year=round_row.year,
        council_decision=facts.decision_number,
        charter=facts.charter,
        opened_on=facts.opened_on,
        closed_on=facts.closed_on,
        present=[_person(member) for member in facts.members],
        aside=[f"{entry['name']}: không đánh giá sản phẩm {entry['product']}" for entry in facts.aside],
        discussed=[_discussion(entry) for entry in facts.discussed],
        rescored=[
            f"Sản phẩm {entry['product']}: Chủ tịch Hội đồng yêu cầu chấm lại (lần chấm thứ {entry['attempt']}); "
            f"lý do: {entry['reason']}"
            for entry in facts.rescored
        ],
        knocked_out=[_knock_out(entry) for entry in facts.knocked_out],
        ranked=_ranked(facts.results),
    )
    return _matter(round_row, paper)


async def result_list(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The results of a closed round by mean, for the secretary of its unit."""
    round_row, facts, office = await _closed_round(uow, actor, subject_id)
    paper = council_papers.result_list(
        office,
        year=round_row.year,
        council_decision=facts.decision_number,
        closed_on=facts.closed_on,
        chair=_person(facts.members[0]).name,
        ranked=_ranked(facts.results),
    )
    return _matter(round_row, paper)


async def _closed_round(uow: EvaluationUow, actor: Actor, round_id: UUID) -> tuple[RoundRow, Row[Any], Office]:
    round_row = await uow.rounds.get(actor, round_id)
    require_secretary(actor, round_row.level, round_row.unit_code)
    if round_row.state != "closed":
        raise not_ready(
            "Đợt chấm điểm chưa kết thúc.", "The round is not closed.", round_row.state, ALLOWED[round_row.state]
        )
    facts = await uow.document_sources.round_facts(round_id)
    return round_row, facts, office_of(round_row, facts.closed_on)


def office_of(round_row: RoundRow, on: date) -> Office:
    """The office in whose name the round's council works."""
    return office_at(Level(round_row.level), Unit(round_row.unit_code, round_row.unit_name), on)


def _matter(round_row: RoundRow, paper: council_papers.Minutes | council_papers.ResultList) -> Matter:
    return Matter(paper, round_id=round_row.id, level=round_row.level, unit_code=round_row.unit_code)


def _person(member: dict[str, Any]) -> Person:
    part = "Chủ tịch Hội đồng" if member["seat"] == CHAIR_SEAT else "Thành viên"
    return Person(name=member["name"], body=member["body"], part=part)


def _discussion(entry: dict[str, Any]) -> str:
    said = "; ".join(f"{one['name']}: “{one['said']}”" for one in entry["statements"])
    return f"Sản phẩm {entry['product']} (lần chấm thứ {entry['attempt']}): {said}. Kết luận: {entry['conclusion']}"


def _knock_out(entry: dict[str, Any]) -> str:
    votes = ""
    if entry["votes_for"] is not None:
        votes = f"; biểu quyết: {entry['votes_for']} tán thành, {entry['votes_against']} không tán thành"
    return f"Sản phẩm {entry['product']}: {entry['reason']}; căn cứ: {entry['evidence']}{votes}"


def _ranked(results: Sequence[dict[str, Any]]) -> list[Ranked]:
    return [
        Ranked(
            number=number,
            product=result["product"],
            producer=result["producer"],
            commune=in_sentence(result["commune"]),
            sheets=result["sheets"],
            mean=points(result["mean"]),
            star=OUT if result["star"] is None else f"{result['star']} sao",
            remark=_remark(result),
        )
        for number, result in enumerate(results, 1)
    ]


def _remark(result: dict[str, Any]) -> str:
    said = []
    if result["forwards_to"] is not None:
        said.append("Chuyển cấp trên đánh giá")
    elif result["star"] is None:
        said.append("Hồ sơ bị loại")
    elif not result["recognised"]:
        said.append("Không ra quyết định công nhận")
    if result["floors"]:
        said.append(f"Chưa đạt mức tối thiểu của hạng cao hơn ở tiêu chí {', '.join(result['floors'])}")
    return "; ".join(said)
