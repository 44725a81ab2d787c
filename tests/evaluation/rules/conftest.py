"""Documents that officials bring in: changed copies of shipped ones."""

import copy
from typing import Any

import pytest
from tests.evaluation.rounds.conftest import Stage

from evaluation.data import read_documents
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.testing.people import person

SOURCE = {"source": "Bản sao văn bản (thử)", "page_reference": "Phụ lục III, trang 87"}


def shipped(folder: str, code: str) -> dict[str, Any]:
    """A shipped document of this id or code, as a copy to change."""
    documents = (document for _, document in read_documents(folder))
    return copy.deepcopy(next(d for d in documents if code in (d.get("set_code"), d.get("id"))))


def charter_of(unit: str, starts: str, name: str = "quy-che-thu", level: str = "district") -> dict[str, Any]:
    """A charter of a unit's own council."""
    document = shipped("charters", "default")
    return document | {
        "id": f"{name}-{unit}",
        "name_vi": "Quy chế (thử)",
        "effective_from": starts,
        "council_of": {"level": level, "unit_code": unit},
    }


def next_law(starts: str = "2028-01-01") -> dict[str, Any]:
    """A whole new Decision, with the sheets of the one in force."""
    return shipped("rules", "qd26-2026") | {"id": "qd-thu", "decision": "Quyết định thử", "effective_from": starts}


def completed_sheet(starts: str = "2023-06-01") -> dict[str, Any]:
    """The whole text of a sheet that is recorded only: the criteria of a sister sheet under its own name."""
    whole = shipped("criteria", "QD148-06")
    defective = shipped("criteria/incomplete", "QD148-07")
    named = {key: defective[key] for key in ("set_no", "name_vi", "decision", "effective_to")}
    return whole | named | {"set_code": "QD148-07-du", "completes": "QD148-07", "effective_from": starts}


@pytest.fixture
def national() -> Actor:
    """An official of the programme's national office."""
    return person(Role.NATIONAL_OFFICER, "VN", Level.CENTRAL)


@pytest.fixture
def stage(world: Any) -> Stage:
    """A stage of its own for one test."""
    return Stage(world)


class Rules:
    """Import and publication by one official."""

    def __init__(self, stage: Stage, actor: Actor) -> None:
        self.stage, self.actor = stage, actor

    async def imported(self, where: str, document: dict[str, Any]) -> dict[str, Any]:
        """A draft."""
        return await self.stage.ok("POST", where, self.actor, SOURCE | {"document": document})  # type: ignore[no-any-return]  # JSON

    async def published(self, where: str, document: dict[str, Any], starts: str | None = None) -> dict[str, Any]:
        """A version in the rules."""
        draft = await self.imported(where, document)
        path = f"/rule-drafts/{draft['draft_id']}/publication"
        return await self.stage.ok("POST", path, self.actor, {"effective_from": starts})  # type: ignore[no-any-return]  # JSON

    async def refused(self, status: int, where: str, document: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The problem of an import."""
        return await self.stage.refused(status, "POST", where, self.actor, SOURCE | {"document": document} | more)  # type: ignore[no-any-return]  # JSON


@pytest.fixture
def rules(stage: Stage, national: Actor) -> Rules:
    """Rules administration by the national office."""
    return Rules(stage, national)


@pytest.fixture
def district(stage: Stage) -> Rules:
    """Rules administration by the secretary of district 511."""
    return Rules(stage, person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT))
