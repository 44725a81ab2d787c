"""A council and its rounds, step by step: established, opened, scored blind, discussed, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.api import Api
from deploy.demo.preparation import Registered
from deploy.demo.scores import choices_for, criteria_of

EVALUATION = "/api/evaluation/v1"


@dataclass
class Council:
    """A council: its members' codes, the chair first."""

    id: str
    panel: list[str]


@dataclass
class Sitting:
    """An open round of a council."""

    api: Api
    round_id: str
    panel: list[str]
    sheets: dict[str, Any] = field(default_factory=dict)
    sheet_ids: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The address of the round."""
        return f"{EVALUATION}/rounds/{self.round_id}"

    @property
    def chair(self) -> str:
        """The code of who presides."""
        return self.panel[0]

    def score(self, one: Registered, number: int, total: int, fixed: Mapping[str, int] | None = None) -> None:
        """A member submits a sheet that adds up to a total; members count from 0."""
        choices = choices_for(self._sheet_of(one), total, fixed)
        body = {"round_id": self.round_id, "dossier_id": one.dossier_id, "choices": choices}
        sheet = self.api.person(self.panel[number]).post(f"{EVALUATION}/score-sheets", body)
        self.sheet_ids[one.dossier_id, number] = sheet["id"]

    def agree(self, one: Registered, total: int, fixed: Mapping[str, int] | None = None) -> None:
        """The council agrees on the options of criteria with a star floor."""
        sheet = self._sheet_of(one)
        agreed = choices_for(sheet, total, fixed)
        floors = {c["code"]: agreed[c["code"]] for c in criteria_of(sheet) if c.get("min_points_by_star")}
        if floors:
            address = f"{self.path}/dossiers/{one.dossier_id}/agreed-options"
            self.api.person(self.chair).edit(address, {"options": floors})

    def close(self) -> dict[str, Any]:
        """The chair closes; the results."""
        chair = self.api.person(self.chair)
        chair.post(f"{self.path}/closing")
        results: dict[str, Any] = chair.get(f"{self.path}/results")
        return {"round_id": self.round_id, "items": results["items"]}

    def _sheet_of(self, one: Registered) -> Any:
        if one.dossier_id not in self.sheets:
            code = self.api.person(self.chair).get(f"{EVALUATION}/dossiers/{one.dossier_id}")["sheet"]
            found = self.api.get(f"{EVALUATION}/sheets/{code}")
            self.sheets[one.dossier_id] = found.get("document", found)
        return self.sheets[one.dossier_id]


def establish(
    api: Api, level: str, unit: str, year: int, secretary: str, members: int, advisers: Sequence[str] = ()
) -> Council:
    """The secretary sets up a council by its decision; the first adviser heads the team."""
    panel = [f"council-{n}" for n in range(1, members + 1)]
    letters = "QĐ-BNN-VPĐP" if level == "central" else f"QĐ-UBND-{unit}"
    body = {
        "level": level,
        "unit_code": unit,
        "year": year,
        "decision_number": f"{100 + year % 100}/{letters}",
        "charter": "default",
        "chair_id": str(api.person(panel[0]).id()),
        "members": [
            {
                "person_id": str(api.person(code).id()),
                "name": f"Thành viên {n} (minh họa)",
                "body": "Sở, ngành của tỉnh",
            }
            for n, code in enumerate(panel, 1)
        ],
        "advisory_team": [
            {
                "person_id": str(api.person(code).id()),
                "name": f"Tư vấn viên {n} (minh họa)",
                "body": "Văn phòng Điều phối nông thôn mới tỉnh",
                "is_head": n == 1,
            }
            for n, code in enumerate(advisers, 1)
        ],
    }
    return Council(api.person(secretary).post(f"{EVALUATION}/councils", body)["id"], panel)


def open_round(api: Api, council: Council, secretary: str, due_on: str, entries: Sequence[Registered]) -> Sitting:
    """The secretary puts dossiers before the council and opens the scoring."""
    office = api.person(secretary)
    body = {"council_id": council.id, "due_on": due_on, "dossier_ids": [one.dossier_id for one in entries]}
    round_ = office.post(f"{EVALUATION}/rounds", body)
    office.post(f"{EVALUATION}/rounds/{round_['id']}/opening")
    return Sitting(api, round_["id"], council.panel)
