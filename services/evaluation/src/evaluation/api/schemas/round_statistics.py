"""Statistics of a round on the wire. Decimals here are for display; ranking never uses them."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from evaluation.api.schemas.rounds import MemberProgress, RoundState
from evaluation.use_cases.read_statistics import Scores, Statistics


class DossierTime(BaseModel):
    """A dossier that waits for sheets: how many, and the days left until the round is due (negative: late)."""

    dossier_id: UUID
    product_name: str
    missing: int
    days_left: int


class CriterionSpread(BaseModel):
    """How far members' points on a criterion lie apart: mean and widest spread within a dossier, and deviation."""

    sheet: str
    criterion: str
    dossiers: int
    sheets: int
    mean: float
    low: int
    high: int
    mean_spread: float
    widest: int
    deviation: float


class FarSheet(BaseModel):
    """A sheet far from the mean of its dossier: difference in points and in standard deviations."""

    dossier_id: UUID
    total: int
    difference: float
    z: float | None


class MemberDistance(BaseModel):
    """A member's mean difference from the means of the dossiers he scored, and the sheets that are far from them."""

    person_id: UUID
    seat: int
    name: str
    sheets: int
    mean_difference: float | None
    far: list[FarSheet]


class GroupDistribution(BaseModel):
    """Results of a product group."""

    group_path: str
    dossiers: int
    knocked_out: int
    mean: float | None
    low: float | None
    high: float | None
    stars: dict[str, int]


class ProducerDistribution(BaseModel):
    """Results of a producer, his stars from the highest down."""

    producer_id: UUID
    producer_name: str
    dossiers: int
    mean: float | None
    stars: list[int]


class FarLimit(BaseModel):
    """From where on a sheet counts as far from the mean, as the charter says."""

    measure: Literal["points", "z"]
    limit: str


class ScoreStatistics(BaseModel):
    """What members' scores came to."""

    far_from_mean: FarLimit | None
    criteria: list[CriterionSpread]
    members: list[MemberDistance]
    groups: list[GroupDistribution]
    producers: list[ProducerDistribution]

    @classmethod
    def of(cls, scores: Scores) -> "ScoreStatistics":
        """From the aggregates."""
        far = scores.far_from_mean
        return cls(
            far_from_mean=None if far is None else FarLimit(measure=far.measure.value, limit=str(far.limit)),
            criteria=[
                CriterionSpread(
                    sheet=row.sheet,
                    criterion=row.criterion,
                    dossiers=row.dossiers,
                    sheets=row.sheets,
                    mean=round(row.points / row.sheets, 4),
                    low=row.low,
                    high=row.high,
                    mean_spread=round(row.mean_spread, 4),
                    widest=row.widest,
                    deviation=round(row.deviation, 4),
                )
                for row in scores.criteria
            ],
            members=[MemberDistance.model_validate(row, from_attributes=True) for row in scores.members],
            groups=[
                GroupDistribution(
                    group_path=row.group_path,
                    dossiers=row.dossiers,
                    knocked_out=row.knocked_out,
                    mean=row.mean,
                    low=row.low,
                    high=row.high,
                    stars=row.stars or {},
                )
                for row in scores.groups
            ],
            producers=[
                ProducerDistribution(
                    producer_id=row.producer_id,
                    producer_name=row.producer_name,
                    dossiers=row.dossiers,
                    mean=row.mean,
                    stars=row.stars or [],
                )
                for row in scores.producers
            ],
        )


class StatisticsRead(BaseModel):
    """Statistics of a round. `scores` is null until the round has closed: scoring is blind."""

    round_id: UUID
    state: RoundState
    due_on: date
    waiting: list[DossierTime]
    progress: list[MemberProgress]
    scores: ScoreStatistics | None

    @classmethod
    def of(cls, statistics: Statistics) -> "StatisticsRead":
        """From what the use case found."""
        round_row = statistics.progress.round
        days_left = (round_row.due_on - statistics.today).days
        waiting = [
            DossierTime(
                dossier_id=one["dossier_id"],
                product_name=one["product_name"],
                missing=one["expected"] - one["submitted"],
                days_left=days_left,
            )
            for one in statistics.progress.dossiers
            if round_row.state == "open" and one["expected"] > one["submitted"]
        ]
        return cls(
            round_id=round_row.id,
            state=round_row.state,
            due_on=round_row.due_on,
            waiting=waiting,
            progress=[MemberProgress(**member) for member in statistics.progress.members],
            scores=None if statistics.scores is None else ScoreStatistics.of(statistics.scores),
        )
