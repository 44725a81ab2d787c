"""A round as each may see it: scoring is blind until it closes (users.md, permission rules 3 and 4)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.round_access import Post, post_of
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor

COUNTING = frozenset({Post.CHAIR, Post.SECRETARY})
"""Who sees how many sheets are in; never what is on them."""
FOR_THE_CHAIR = ("reason", "relation", "decided_by_chair")
"""What only the chair reads of a conflict."""


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A round, cut to what the caller may see. `submitted`, `recused` and `members` only for chair and secretary."""

    round: RoundRow
    post: Post
    dossiers: list[dict[str, Any]]
    members: list[dict[str, Any]]


async def read_progress(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundProgress:
    """The round with its progress, in one query. Raises NotFound when out of scope."""
    row = await uow.rounds.progress(actor, round_id)
    round_row: RoundRow = row[0]
    seated = {UUID(member["person_id"]) for member in row.members}
    post = post_of(actor, round_row.level, round_row.unit_code, row.chair_id, seated=actor.person_id in seated)
    me = str(actor.person_id)
    dossiers = [
        _dossier(dossier, post, me, len(seated))
        for dossier in row.dossiers
        if post in {Post.CHAIR, Post.SECRETARY, Post.OFFICIAL} or me not in _recused(dossier)
    ]
    members = [_member(member, row.dossiers) for member in row.members] if post in COUNTING else []
    return RoundProgress(round_row, post, dossiers, members)


def _recused(dossier: dict[str, Any]) -> set[str]:
    return {conflict["member_id"] for conflict in dossier["conflicts"] if conflict["excluded"]}


def _dossier(dossier: dict[str, Any], post: Post, me: str, seats: int) -> dict[str, Any]:
    shown = {
        key: dossier[key]
        for key in ("dossier_id", "product_name", "producer_name", "ruleset", "sheet", "attempt", "agreed")
    }
    recused = _recused(dossier)
    if post in {Post.CHAIR, Post.MEMBER}:
        shown["mine"] = _own_state(dossier, me, recused)
    if post in COUNTING:
        shown["submitted"] = len(set(dossier["scored_by"]) - recused)
        shown["expected"] = seats - len(recused)
        shown["conflicts"] = [
            {"member_id": conflict["member_id"], "excluded": conflict["excluded"]}
            | ({key: conflict[key] for key in FOR_THE_CHAIR} if post is Post.CHAIR else {})
            for conflict in dossier["conflicts"]
        ]
    return shown


def _own_state(dossier: dict[str, Any], me: str, recused: set[str]) -> str:
    if me in recused:
        return "recused"
    if me in dossier["scored_by"]:
        return "submitted"
    return "draft" if me in dossier["drafted_by"] else "to_score"


def _member(member: dict[str, Any], dossiers: list[dict[str, Any]]) -> dict[str, Any]:
    person = member["person_id"]
    expected = [dossier for dossier in dossiers if person not in _recused(dossier)]
    return member | {
        "submitted": sum(person in dossier["scored_by"] for dossier in expected),
        "expected": len(expected),
        "recused": len(dossiers) - len(expected),
    }
