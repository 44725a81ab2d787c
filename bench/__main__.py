"""`python -m bench [PART …]`: measure all parts, or those named; see --help."""

import argparse
import asyncio
import importlib
import signal
import sys
import time
from pathlib import Path

import uvloop

from bench.chart import ratio_chart
from bench.options import Options
from bench.report import Report
from bench.stage import ROOT, Stage, say

PARTS = (
    "lookup",
    "search",
    "pages",
    "score_sheet",
    "closing",
    "relay",
    "jobs",
    "notices",
    "footprint",
)
"""Modules of bench.parts, in the order they run."""
HERE = Path(__file__).parent


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description="Speed beside a naive twin and the physical limits."
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)} (all by default)")
    parser.add_argument("--products", type=int, default=200_000, help="products of the registry (default 200,000)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a turn (default 3)")
    parser.add_argument("--quick", action="store_true", help="leave out the search in 1,000,000 products")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return chosen


async def _measure(stage: Stage, parts: list[str], options: Options) -> Report:
    report = Report(options.products)
    await stage.use(options.products)
    for part in parts:
        began = time.monotonic()
        await importlib.import_module(f"bench.parts.{part}").measure(stage, report, options)
        say(f"{part}: {time.monotonic() - began:.0f} s")
    return report


def main() -> int:
    """Measure, print, and when everything was measured keep the table and the chart in bench/. Exit 1 on a miss."""
    chosen = _arguments()
    parts = [part for part in PARTS if not chosen.parts or part in chosen.parts]
    options = Options(
        chosen.products, None if chosen.quick else max(1_000_000, chosen.products), chosen.rounds, chosen.seconds
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stage = Stage(ROOT / ".bench")
    began = time.monotonic()
    try:
        stage.start()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_measure(stage, parts, options))
    finally:
        stage.stop()
    report.notes.append(f"Took {time.monotonic() - began:.0f} s.")
    text = report.as_markdown()
    print(f"\n{text}")
    if not chosen.parts and not chosen.quick:
        (HERE / "last-run.md").write_text(text)
        (HERE / "last-run.svg").write_text(ratio_chart(report.bars))
        say("kept in bench/last-run.md and bench/last-run.svg")
    return 0 if all(goal.met for goal in report.goals) else 1


if __name__ == "__main__":
    sys.exit(main())
