"""What a run showed, as a table for people: on the terminal and in bench/last-run.md."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.contest import Side
from bench.load import percentile


@dataclass
class Row:
    """One line of the table; what was not measured is None. Seconds, MiB, pieces of work a second."""

    what: str
    side: str
    rate: float | None = None
    p50: float | None = None
    p99: float | None = None
    cpu: float | None = None
    database: float | None = None
    memory: float | None = None
    ratio: float | None = None


@dataclass
class Goal:
    """A goal with what was measured for it."""

    what: str
    measured: str
    wanted: str
    met: bool


@dataclass
class Bar:
    """A ratio for the chart, with its goal."""

    what: str
    ratio: float
    wanted: float


@dataclass
class Report:
    """All that a run found."""

    products: int
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add_sides(self, what: str, sides: Sequence[Side], ratio: float) -> None:
        """Lines for both sides of a comparison, ours first."""
        for place, side in enumerate(sides):
            total = side.total
            self.rows.append(
                Row(
                    what if place == 0 else "",
                    side.name,
                    total.rate,
                    total.percentile(0.5),
                    total.percentile(0.99),
                    total.cpu,
                    total.database,
                    ratio=ratio if place == 0 else None,
                )
            )

    def add_times(self, what: str, side: str, seconds: Sequence[float]) -> tuple[float, float]:
        """A line for latencies; answers (median, 99th percentile)."""
        p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
        self.rows.append(Row(what, side, p50=p50, p99=p99))
        return p50, p99

    def want_ratio(self, what: str, ratio: float, least: float) -> None:
        """Note a goal of a ratio, and its bar."""
        self.goals.append(Goal(what, f"{ratio:.1f}×", f"≥ {least:g}× the naive twin", ratio >= least))
        self.bars.append(Bar(what, ratio, least))

    def want_most(self, what: str, value: float, most: float, unit: str, digits: int = 1) -> None:
        """Note a goal that is an upper limit."""
        self.goals.append(Goal(what, f"{value:.{digits}f} {unit}", f"≤ {most:g} {unit}", value <= most))

    def want_least(self, what: str, value: float, least: float, unit: str, digits: int = 1) -> None:
        """Note a goal that is a lower limit."""
        self.goals.append(Goal(what, f"{value:.{digits}f} {unit}", f"≥ {least:g} {unit}", value >= least))

    def as_markdown(self) -> str:
        """The whole report."""
        lines = [
            "# Last run of `make bench`",
            "",
            f"{time.strftime('%Y-%m-%d %H:%M')}, {_machine()}. {self.products:,} products. Client, server"
            " and Postgres share the machine: ratios within the run are the result, absolute figures are not.",
            "",
            *_table(("goal", "measured", "wanted", ""), [_goal_cells(goal) for goal in self.goals]),
            "",
            *_table(
                (
                    "measurement",
                    "side",
                    "per second",
                    "p50 ms",
                    "p99 ms",
                    "server CPU ms",
                    "Postgres CPU ms",
                    "MiB",
                    "ratio",
                ),
                [_row_cells(row) for row in self.rows],
            ),
            "",
            *(f"- {note}" for note in self.notes),
        ]
        return "\n".join(lines).rstrip() + "\n"


def _goal_cells(goal: Goal) -> tuple[str, ...]:
    return goal.what, goal.measured, goal.wanted, "✓" if goal.met else "✗"


def _row_cells(row: Row) -> tuple[str, ...]:
    def cell(value: float | None, write: Callable[[float], str]) -> str:
        return "" if value is None else write(value)

    def milliseconds(value: float) -> str:
        shown = value * 1000
        return f"{shown:.2f}" if shown < 10 else f"{shown:.1f}" if shown < 100 else f"{shown:,.0f}"

    return (
        row.what,
        row.side,
        cell(row.rate, lambda v: f"{v:,.0f}" if v >= 20 else f"{v:.1f}"),
        cell(row.p50, milliseconds),
        cell(row.p99, milliseconds),
        cell(row.cpu, lambda v: f"{v * 1000:.3f}"),
        cell(row.database, lambda v: f"{v * 1000:.3f}"),
        cell(row.memory, lambda v: f"{v:.1f}"),
        cell(row.ratio, lambda v: f"{v:.1f}×"),
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A Markdown table whose source lines up."""
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    numeric = [i for i, name in enumerate(head) if name not in {"goal", "measurement", "side", "wanted", ""}]

    def line(cells: tuple[str, ...]) -> str:
        padded = (
            c.rjust(w) if i in numeric else c.ljust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = (("-" * (w - 1) + ":") if i in numeric else "-" * w for i, w in enumerate(widths))
    return [line(head), f"| {' | '.join(rule)} |", *(line(row) for row in rows)]


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    model = next(
        (line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    count = cpuinfo.read_text().count("processor\t")
    return f"{count} × {model}, Python {platform.python_version()}, Postgres 18"
