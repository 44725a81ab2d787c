"""Choices on a real sheet that add up to a wished total, so that the demonstration reaches each outcome."""

from collections.abc import Iterator, Mapping
from typing import Any


def criteria_of(sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The criteria of a sheet document, in printed order."""

    def walk(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for item in items:
            if item["kind"] == "group":
                yield from walk(item["items"])
            else:
                yield item

    for part in sheet["parts"]:
        yield from walk(part["items"])


def options_of(criterion: dict[str, Any]) -> list[tuple[int | str, int]]:
    """(choice, points) of each option, in the numbering that score sheets use."""
    if criterion.get("alternatives"):
        first = criterion["alternatives"][0]
        letter = first.get("key") or first.get("code") or "a"
        return [(f"{letter}.{n}", o["points"]) for n, o in enumerate(first["options"], 1)]
    found: list[tuple[int | str, int]] = [(n, o["points"]) for n, o in enumerate(criterion["options"], 1)]
    if criterion.get("implicit_zero"):
        found.append((0, 0))
    return found


def choices_for(
    sheet: dict[str, Any], total: int, fixed_points: Mapping[str, int] | None = None
) -> dict[str, int | str]:
    """One choice per criterion with exactly `total` points; `fixed_points` sets some criteria beforehand.

    Starts from the best option of each other criterion and steps criteria down until the sum fits.
    """
    ladders = {c["code"]: sorted(options_of(c), key=lambda option: -option[1]) for c in criteria_of(sheet)}
    for code, points in (fixed_points or {}).items():
        ladders[code] = [option for option in ladders[code] if option[1] == points]
    position = dict.fromkeys(ladders, 0)
    excess = sum(ladder[0][1] for ladder in ladders.values()) - total
    while excess > 0:
        moved = False
        for code in reversed(ladders):
            ladder, at = ladders[code], position[code]
            steps = [n for n in range(at + 1, len(ladder)) if 0 < ladder[at][1] - ladder[n][1] <= excess]
            if steps:
                position[code] = steps[0]
                excess -= ladder[at][1] - ladder[steps[0]][1]
                moved = True
            if not excess:
                break
        if not moved:
            raise ValueError(f"no choices of this sheet add up to {total}")
    return {code: ladders[code][at][0] for code, at in position.items()}
