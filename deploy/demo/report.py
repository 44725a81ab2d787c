"""What the demonstration prints."""

import sys
import time
from datetime import date
from typing import Any


class Report:
    """Numbered steps with what happened, and the time each took."""

    def __init__(self) -> None:
        self._step = 0
        self._began = time.monotonic()

    def step(self, date: str, title: str) -> None:
        """A new step of the year."""
        self._step += 1
        sys.stdout.write(f"\n{self._step:>2}. [{date}] {title}\n")

    def line(self, text: str) -> None:
        """One thing that happened."""
        sys.stdout.write(f"    • {text}\n")
        sys.stdout.flush()

    def text(self, line: str) -> None:
        """A line of a table or a text, under what was said last."""
        sys.stdout.write(f"      {line}\n" if line else "\n")
        sys.stdout.flush()

    def done(self) -> None:
        """The closing line."""
        sys.stdout.write(f"\nĐã chạy xong một năm chương trình trong {time.monotonic() - self._began:.0f} giây.\n")


def day_words(day: date) -> str:
    """A day as it is written in Vietnam."""
    return f"{day.day}/{day.month}/{day.year}"


def bar(share: float | None, width: int = 24) -> str:
    """A bar of text for a share of the target."""
    if share is None:
        return "·" * width
    full = min(width, round(max(0.0, share) * width))
    return "█" * full + "░" * (width - full)


def print_board(board: dict[str, Any]) -> None:
    """Each target of the plan: value, target, share."""
    sys.stdout.write(f"\nBẢNG ĐIỀU HÀNH {board['year']} (tính đến {board['as_of']})\n")
    for target in board["targets"]:
        mark = "✓" if target["met"] else " "
        value, wanted = _number(target["value"]), _number(target["target"])
        sys.stdout.write(f"  {mark} {bar(target['share'])} {value:>7} / {wanted:<6} {target['vi']}\n")


def _number(value: Any) -> str:
    if value is None:
        return "—"
    number = float(value)
    return f"{number:.0f}" if number == int(number) else f"{number:.2f}"
