"""A round's statistics as one picture: SVG made here, no script, no outside font."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from evaluation.api.schemas.round_statistics import MemberDistance, StatisticsRead
from shared.errors import Text

WIDTH, ROW, LEFT = 640, 26, 190
BAR = WIDTH - LEFT - 70
INK, FILL, MARK = "#222", "#2b7a4b", "#c0392b"
STARS = Text("Kết quả theo hạng sao", "Results by star")
DISTANCE = Text("Điểm của thành viên so với trung bình", "Members' points against the means")
PROGRESS = Text("Phiếu đã nộp theo thành viên", "Sheets submitted by member")
NO_STAR = Text("bị loại", "knocked out")


def plot(statistics: StatisticsRead, language: str) -> str:
    """While the round is open: sheets in by member. Once closed: results by star and members' mean differences."""
    if statistics.scores is None:
        bars = [
            (f"{one.seat}. {one.name}", float(one.submitted), f"{one.submitted}/{one.expected}")
            for one in statistics.progress
        ]
        return _svg([_panel(PROGRESS.in_language(language), bars, 0)])
    stars: Counter[str] = Counter()
    out = 0
    for group in statistics.scores.groups:
        stars.update(group.stars)
        out += group.knocked_out
    bars = [(f"{star} ★", float(stars[star]), str(stars[star])) for star in ("5", "4", "3", "2", "1")]
    bars.append((NO_STAR.in_language(language), float(out), str(out)))
    first = _panel(STARS.in_language(language), bars, 0)
    far = [_distance(one) for one in statistics.scores.members]
    return _svg([first, _panel(DISTANCE.in_language(language), far, first[1] + ROW, middle=True)])


def _distance(member: MemberDistance) -> tuple[str, float, str]:
    value = member.mean_difference or 0.0
    told = f"{value:+.2f}" + (f" ({len(member.far)}!)" if member.far else "")
    return f"{member.seat}. {member.name}", value, told


def _panel(
    title: str, bars: Sequence[tuple[str, float, str]], top: int, *, middle: bool = False
) -> tuple[list[str], int]:
    """The shapes of one panel, and where it ends."""
    most = max((abs(value) for _, value, _ in bars), default=0.0) or 1.0
    room = BAR / 2 if middle else BAR
    zero = LEFT + (BAR / 2 if middle else 0)
    lines = [f'<text x="12" y="{top + 24}" font-weight="bold">{escape(title)}</text>']
    for n, (name, value, told) in enumerate(bars, 1):
        y = top + 12 + n * ROW
        long = abs(value) / most * room
        x = zero if value >= 0 else zero - long
        colour = MARK if "!" in told else FILL
        lines.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name[:28])}</text>')
        lines.append(f'<rect x="{x:.1f}" y="{y}" width="{long:.1f}" height="18" fill="{colour}"/>')
        lines.append(f'<text x="{LEFT + BAR + 6}" y="{y + 14}">{escape(told)}</text>')
    return lines, top + 12 + (len(bars) + 1) * ROW


def _svg(panels: Sequence[tuple[list[str], int]]) -> str:
    height = panels[-1][1] + 12
    shapes = "\n".join(line for lines, _ in panels for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="sans-serif" font-size="13" fill="{INK}">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        f"{shapes}\n</svg>\n"
    )
