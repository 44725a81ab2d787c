"""What star would I get, on the wire."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.choices import Choices
from evaluation.api.schemas.dossiers import Gap
from evaluation.api.schemas.score_previews import FloorMissed
from evaluation.domain.next_star import Change, Plan
from evaluation.domain.sheets import Option, Sheet
from evaluation.use_cases.forecast_star import StarForecast
from shared.contracts.base import Wire


class NextStarRequest(Wire):
    """Choices, whole or half filled, and the rules to apply; `star`: the one aimed at, else the next one."""

    ruleset: str = Field(max_length=100, examples=["qd26-2026"])
    sheet: str = Field(max_length=100, examples=["QD26-13"])
    choices: Choices
    star: int | None = Field(None, ge=1, le=5)


class ChangeRead(BaseModel):
    """One criterion to be answered otherwise, with the text of the option to reach."""

    criterion: str
    title_vi: str
    from_choice: int | str | None
    to_choice: int | str
    from_points: int
    to_points: int
    steps: int
    option_vi: str

    @classmethod
    def of(cls, sheet: Sheet, change: Change) -> "ChangeRead":
        """From a change of the plan."""
        criterion = sheet.criterion(change.criterion)
        assert criterion is not None
        options: dict[int | str, Option] = {option.number: option for option in criterion.options}
        options |= {
            f"{case.code}.{option.number}": option for case in criterion.alternatives for option in case.options
        }
        return cls(
            criterion=change.criterion,
            title_vi=criterion.title_vi,
            from_choice=change.from_choice,
            to_choice=change.to_choice,
            from_points=change.from_points,
            to_points=change.to_points,
            steps=change.steps,
            option_vi=options[change.to_choice].text_vi,
        )


class NextStar(BaseModel):
    """The cheapest way to a star: fewest criteria changed, then fewest steps along their options.

    `reachable` is false where no answers of this sheet come to the star, null where only the parts are known.
    """

    star: int
    reachable: bool | None
    changes: list[ChangeRead]
    total: int | None

    @classmethod
    def of(cls, sheet: Sheet, star: int, plan: Plan | None) -> "NextStar":
        """From the plan, or its absence."""
        if plan is None:
            return cls(star=star, reachable=None if sheet.recorded_only else False, changes=[], total=None)
        changes = [ChangeRead.of(sheet, change) for change in plan.changes]
        return cls(star=star, reachable=True, changes=changes, total=plan.total)


class KnockOutRead(BaseModel):
    """A line of the sheet that takes a product out; `at`: its criterion or group, null: the whole sheet.

    `at_risk` is our reading of the dossier, null where nothing in it can tell.
    """

    at: str | None
    text_vi: str
    at_risk: bool | None


class NextStarRead(BaseModel):
    """What choices come to: a forecast, not a result. Criteria not answered count 0."""

    ruleset: str
    sheet: str
    parts: dict[str, int]
    total: int
    band: int
    star: int
    recognised: bool
    unanswered: list[str]
    forced: list[str]
    floors_missed: list[FloorMissed]
    knock_outs: list[KnockOutRead]
    next_star: NextStar | None

    @classmethod
    def of(cls, found: StarForecast) -> "NextStarRead":
        """From a forecast."""
        told = found.forecast
        return cls(
            ruleset=found.ruleset.id,
            sheet=found.sheet.code,
            parts=dict(told.parts),
            total=told.total,
            band=told.band,
            star=told.star,
            recognised=told.recognised,
            unanswered=list(told.unanswered),
            forced=list(told.forced),
            floors_missed=[
                FloorMissed(criterion=miss.criterion, star=miss.star, needs=miss.needs, has=int(miss.has))
                for miss in told.floors_missed
            ],
            knock_outs=[
                KnockOutRead(at=line.at, text_vi=line.text_vi, at_risk=line.at_risk) for line in found.knock_outs
            ],
            next_star=None if told.next_star is None else NextStar.of(found.sheet, told.next_star, told.plan),
        )


class RoundRead(BaseModel):
    """The next round a dossier proposed today can enter; both days are inclusive."""

    level: str
    propose_by: date
    hold_by: date


class ExpiringPaperRead(BaseModel):
    """A paper that does not hold to the round; `leaves`: criteria that no other paper then proves."""

    id: UUID
    name: str
    expires_on: date
    criteria: list[str]
    leaves: list[str]


class StarForecastRead(NextStarRead):
    """The forecast of a dossier, with papers that run out before the round and what is still missing to file."""

    round: RoundRead | None
    papers_must_hold_to: date | None
    expiring_papers: list[ExpiringPaperRead]
    missing: list[Gap]

    @classmethod
    def of(cls, found: StarForecast) -> "StarForecastRead":
        """From a forecast of a dossier."""
        dates = found.round
        return cls(
            **NextStarRead.of(found).model_dump(),
            round=RoundRead(level=dates.level, propose_by=dates.propose_by, hold_by=dates.hold_by) if dates else None,
            papers_must_hold_to=found.by,
            expiring_papers=[
                ExpiringPaperRead(
                    id=one.paper.id,
                    name=one.paper.name,
                    expires_on=one.paper.expires_on,
                    criteria=one.paper.criteria,
                    leaves=list(one.leaves),
                )
                for one in found.expiring
                if one.paper.expires_on is not None
            ],
            missing=[Gap.of(fault) for fault in found.gaps.missing] if found.gaps else [],
        )
