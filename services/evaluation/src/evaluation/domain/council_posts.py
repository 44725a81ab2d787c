"""Posts in and beside a council, and which body checks which dossier (26/2026 Art. 7.3.b, 7.4.b)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.charters import Charter
from evaluation.domain.documents import Faults, Node
from shared.errors import Fault, Text

ROUTING_SCHEMA = "ocop-routing/1"
CHAIR, VICE_CHAIR, MEMBER, EXPERT = "chair", "vice_chair", "member", "expert"
SECRETARY, HEAD, ADVISER, INVITED = "secretary", "advisory_head", "advisory_member", "invited_expert"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named by the decision that sets a council up; `body_code` is his body's code in registry."""

    person_id: UUID
    post: str
    name: str
    body: str
    body_code: str | None = None


def post_faults(
    charter: Charter, chair_id: UUID, seated: Sequence[UUID], posts: Mapping[UUID, Person], staff: Sequence[Person]
) -> list[Fault]:
    """What is wrong with the posts: an expert's vote the charter does not give, a person in two posts, two heads."""
    faults = []
    for index, person_id in enumerate(seated):
        post = posts[person_id].post if person_id in posts else MEMBER
        if post == EXPERT and not charter.experts_vote:
            text = Text(
                f"{charter.name_vi}: chuyên gia được mời không chấm điểm; đưa vào invited_experts",
                "by the charter invited experts have no vote: name them in invited_experts",
            )
            faults.append(Fault(f"members[{index}].post", "no_vote", text))
        if (post == CHAIR) != (person_id == chair_id) and post == CHAIR:
            text = Text("chỉ một Chủ tịch: chair_id", "there is one chair: chair_id")
            faults.append(Fault(f"members[{index}].post", "two_chairs", text))
    seen: set[UUID] = set(seated)
    for person in staff:
        if person.person_id in seen:
            text = Text(
                f"{person.name} đã có vị trí khác: người tư vấn, thư ký không chấm điểm",
                f"{person.name} holds another post: advisers and the secretary give no points",
            )
            faults.append(Fault(person.post, "two_posts", text))
        seen.add(person.person_id)
    team = [person for person in staff if person.post in (HEAD, ADVISER)]
    if team and sum(person.post == HEAD for person in team) != 1:
        text = Text("Tổ tư vấn có đúng một Tổ trưởng", "an advisory team has exactly one head")
        faults.append(Fault("advisory_team", "one_head", text))
    return faults


@dataclass(frozen=True, slots=True)
class Routing:
    """Which bodies (codes of registry) check a lead agency's product groups and a kind of paper."""

    lead_agencies: Mapping[str, tuple[str, ...]]
    product_groups: Mapping[str, tuple[str, ...]]
    evidence_kinds: Mapping[str, tuple[str, ...]]

    def bodies_for(self, group_path: str, lead_agencies: Collection[str]) -> tuple[str, ...]:
        """The bodies of the longest named group the path lies in, else those of its lead agencies."""
        named = [path for path in self.product_groups if group_path == path or group_path.startswith(f"{path}.")]
        if named:
            return self.product_groups[max(named, key=len)]
        found = [body for agency in lead_agencies for body in self.lead_agencies.get(agency, ())]
        return tuple(dict.fromkeys(found))


def parse_routing(document: Mapping[str, Any]) -> Routing:
    """The routing of a document (`ocop-routing/1`). Raises DocumentError with all faults."""
    faults = Faults()
    node = Node(document, "", faults)
    node.choice("schema", [ROUTING_SCHEMA])
    node.text("source")
    node.day("effective_from")
    maps = {}
    for key in ("lead_agencies", "product_groups", "evidence_kinds"):
        entry = node.node(key)
        maps[key] = {name: entry.texts(name) for name in entry.fields}
        for name, bodies in maps[key].items():
            if not bodies:
                entry.fault(name, "missing", "phải nêu ít nhất một cơ quan", "needs at least one body")
    faults.refuse()
    return Routing(**maps)
