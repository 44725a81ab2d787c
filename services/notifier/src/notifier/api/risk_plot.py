"""Risk as one picture for a phone: SVG made here, no script, no outside font. A light is a shape and a colour."""

from html import escape

from notifier.api.schemas.risks import RiskDeadline, RiskRead
from notifier.domain.risk import Light
from shared.errors import Text

WIDTH, ROW, LEFT, TOP = 390, 30, 132, 96
MOST_COLUMNS = 8
LINE = 46
"""Letters of a line at this width."""
TITLE = Text("Nguy cơ trễ hạn", "Deadlines at risk")
AS_OF = Text("tính đến", "as of")
DUE = Text("hạn", "due")
NOTHING = Text("Không có việc nào có hạn.", "Nothing has a deadline.")
NAMES = {
    Light.DONE: Text("đã xong", "done"),
    Light.GREEN: Text("đúng tiến độ", "on pace"),
    Light.AMBER: Text("cần chú ý", "watch"),
    Light.RED: Text("nguy cơ cao", "at risk"),
    Light.MISSED: Text("đã trễ", "missed"),
}
COLOURS = {
    Light.DONE: "#2b7a4b",
    Light.GREEN: "#2b7a4b",
    Light.AMBER: "#c77700",
    Light.RED: "#c0392b",
    Light.MISSED: "#5b1a12",
}


def plot(risk: RiskRead, language: str) -> str:
    """A row for each area, a numbered column for each deadline, at most eight; below, their titles."""
    columns = _columns(risk)
    title, as_of = escape(TITLE.in_language(language)), escape(AS_OF.in_language(language))
    lines = [
        f'<text x="12" y="30" font-size="19" font-weight="bold">{title} {risk.year}</text>',
        f'<text x="12" y="52" fill="#555">{as_of} {risk.today:%d/%m/%Y}</text>',
    ]
    if not columns:
        lines.append(f'<text x="12" y="84">{escape(NOTHING.in_language(language))}</text>')
        return _svg(lines, 110)
    step = (WIDTH - LEFT - 12) / len(columns)
    lines += [
        f'<text x="{LEFT + step * (n + 0.5):.1f}" y="{TOP - 10}" text-anchor="middle">{n + 1}</text>'
        for n in range(len(columns))
    ]
    for row, area in enumerate(risk.areas):
        y = TOP + row * ROW
        if row % 2 == 0:
            lines.append(f'<rect x="0" y="{y}" width="{WIDTH}" height="{ROW}" fill="#f4f4f2"/>')
        lines.append(f'<text x="12" y="{y + 20}">{escape(_short(area.name, 17))}</text>')
        for deadline in area.deadlines:
            if (deadline.code, deadline.due_on) in columns:
                n = list(columns).index((deadline.code, deadline.due_on))
                lines.append(_mark(deadline.light, LEFT + step * (n + 0.5), y + ROW / 2))
    y = TOP + len(risk.areas) * ROW + 26
    for number, light in enumerate(Light):
        x, line = 20 + (number % 3) * 124, y + (number // 3) * 24
        lines.append(_mark(light, x, line - 5))
        lines.append(f'<text x="{x + 14}" y="{line}">{escape(NAMES[light].in_language(language))}</text>')
    y += 58
    for n, deadline in enumerate(columns.values(), 1):
        title = deadline.title if language == "vi" or not deadline.title_en else deadline.title_en
        head = f"{n}. {DUE.in_language(language)} {deadline.due_on:%d/%m/%Y}"
        lines.append(f'<text x="12" y="{y}" font-weight="bold">{escape(head)}</text>')
        for piece in _wrapped(title)[:3]:
            y += 18
            lines.append(f'<text x="28" y="{y}">{escape(piece)}</text>')
        y += 26
    return _svg(lines, y)


def _columns(risk: RiskRead) -> dict[tuple[str, object], RiskDeadline]:
    """The deadlines shown: those still ahead by date, then those that passed last."""
    known = {(d.code, d.due_on): d for area in risk.areas for d in area.deadlines}
    ahead = sorted((d for d in known.values() if d.days_left >= 0), key=lambda d: (d.due_on, d.code))
    behind = sorted((d for d in known.values() if d.days_left < 0), key=lambda d: (d.due_on, d.code), reverse=True)
    chosen = sorted([*ahead, *behind][:MOST_COLUMNS], key=lambda d: (d.due_on, d.code))
    return {(d.code, d.due_on): d for d in chosen}


def _mark(light: Light, x: float, y: float) -> str:
    colour = COLOURS[light]
    if light is Light.DONE:
        return f'<path d="M{x - 6:.1f} {y:.1f}l4 5l8 -10" fill="none" stroke="{colour}" stroke-width="3"/>'
    if light is Light.GREEN:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="{colour}" stroke-width="3"/>'
    if light is Light.AMBER:
        return f'<path d="M{x:.1f} {y - 8:.1f}l8 14h-16z" fill="{colour}"/>'
    if light is Light.RED:
        return f'<rect x="{x - 7:.1f}" y="{y - 7:.1f}" width="14" height="14" fill="{colour}"/>'
    return f'<path d="M{x - 6:.1f} {y - 6:.1f}l12 12m0 -12l-12 12" fill="none" stroke="{colour}" stroke-width="4"/>'


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _wrapped(title: str) -> list[str]:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _svg(shapes: list[str], height: float) -> str:
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="100%"'
        f' style="max-width:{WIDTH * 2}px" font-family="sans-serif" font-size="14" fill="#222">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )
