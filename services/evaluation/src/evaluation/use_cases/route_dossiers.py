"""Which bodies, and which members from them, check which dossier of a council."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain.catalogue import shipped_taxonomies
from evaluation.domain.council_posts import Routing, parse_routing
from evaluation.domain.documents import content_hash
from evaluation.domain.errors import invalid
from evaluation.domain.evidence_guidance import papers
from evaluation.domain.faults import DocumentError
from evaluation.persistence.tables.council_staff import RoutingRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class RoutedPaper:
    """A kind of paper, the criteria it proves on the dossier's sheet, and who verifies it."""

    kind: str
    name_vi: str
    name_en: str
    criteria: tuple[str, ...]
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One dossier of a live round: bodies that check it by its group, and by kind of paper."""

    round_id: UUID
    dossier_id: UUID
    product_name: str
    group_path: str
    lead_agencies: tuple[str, ...]
    bodies: tuple[str, ...]
    papers: tuple[RoutedPaper, ...]
    people: tuple[dict[str, Any], ...]
    """Members and advisers who come from one of these bodies."""


async def keep_routing(
    uow: EvaluationUow, document: Mapping[str, Any], unit_code: str | None, set_by: UUID | None
) -> tuple[RoutingRow, bool]:
    """Keep a routing; whether it is new. The same document again changes nothing. Raises DocumentError."""
    parse_routing(document)
    digest, starts = content_hash(document), date.fromisoformat(document["effective_from"])
    known = await uow.schedules.known_routing(unit_code, starts, digest)
    if known is not None:
        return known, False
    row = RoutingRow(
        unit_code=unit_code,
        source=document["source"],
        effective_from=starts,
        document=dict(document),
        hash=digest,
        set_by=set_by,
    )
    uow.schedules.add(row)
    await uow.session.flush()
    return row, True


async def import_routing(uow: EvaluationUow, actor: Actor, unit_code: str, document: Mapping[str, Any]) -> RoutingRow:
    """A province's own routing. Raises Forbidden for another unit, Invalid with every fault."""
    if unit_code not in actor.units(Role.PROVINCE_SECRETARY):
        raise Forbidden(
            "Chỉ thư ký của tỉnh nạp được phân công của tỉnh.",
            "Only the province's secretary imports its routing.",
            needs=[Role.PROVINCE_SECRETARY.value],
            unit_code=unit_code,
        )
    try:
        row, new = await keep_routing(uow, document, unit_code, actor.person_id)
    except DocumentError as error:
        raise invalid(error) from error
    if new:
        await uow.audit(str(actor.person_id), "routing.imported", "routing", row.id, {"unit_code": unit_code})
    return row


async def read_routing(uow: EvaluationUow, actor: Actor, council_id: UUID) -> tuple[RoutingRow, list[Route]]:
    """Who checks what in the council's planned and open rounds. Members do not see dossiers they stand aside from.

    Raises NotFound out of scope, Conflict where no routing is loaded.
    """
    council_row = await uow.councils.read(actor, council_id)
    council = council_row[0]
    stored = await uow.schedules.routing(council.unit_code, await uow.today())
    if stored is None:
        raise Conflict("Chưa nạp phân công cơ quan kiểm tra.", "No routing is loaded.")
    routing = parse_routing(stored.document)
    people = [*council_row.members, *(council_row.staff or [])]
    routes, hidden = [], {}
    for entry in await uow.schedules.to_route(council_id):
        if entry.round_id not in hidden:
            hidden[entry.round_id] = await uow.rounds.recused(entry.round_id)
        if (entry.dossier_id, actor.person_id) not in hidden[entry.round_id]:
            routes.append(await _route(uow, routing, people, entry))
    return stored, routes


async def _route(uow: EvaluationUow, routing: Routing, people: list[dict[str, Any]], entry: Any) -> Route:
    ruleset, sheet = await uow.rules.ruleset(entry.ruleset_id), await uow.rules.sheet(entry.sheet_id)
    agencies = lead_agencies(ruleset.base_id, sheet.set_no)
    bodies = routing.bodies_for(entry.group_path, agencies)
    routed = []
    for paper in papers():
        codes = tuple(criterion.code for criterion in sheet.criteria if paper.serves(sheet, criterion))
        if codes and paper.code in routing.evidence_kinds:
            routed.append(RoutedPaper(paper.code, paper.vi, paper.en, codes, routing.evidence_kinds[paper.code]))
    concerned = set(bodies) | {body for paper in routed for body in paper.bodies}
    return Route(
        round_id=entry.round_id,
        dossier_id=entry.dossier_id,
        product_name=entry.product_name,
        group_path=entry.group_path,
        lead_agencies=agencies,
        bodies=bodies,
        papers=tuple(routed),
        people=tuple(
            {key: person[key] for key in ("person_id", "name", "post", "body_code")}
            | {
                "leads": person["body_code"] in bodies,
                "papers": [paper.kind for paper in routed if person["body_code"] in paper.bodies],
            }
            for person in people
            if person.get("body_code") in concerned
        ),
    )


def lead_agencies(taxonomy: str, set_no: int) -> tuple[str, ...]:
    """The lead agencies of the product group judged by a sheet (Annex I); none where the taxonomy is not shipped."""
    document = shipped_taxonomies().get(taxonomy, {"sectors": []})
    for sector in document["sectors"]:
        for group in sector["groups"]:
            for leaf in group["leaves"]:
                if leaf["set_no"] == set_no:
                    return tuple(leaf.get("lead_agencies", ()))
    return ()
