"""The ratios of a run as a small SVG bar chart on a logarithmic scale."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from bench.report import Bar

_LEFT, _WIDTH, _STEP, _TOP = 230, 420, 30, 44
_MET, _MISSED, _GOAL = "#2f7d4f", "#b3541e", "#1b1b1b"


def ratio_chart(bars: Sequence[Bar]) -> str:
    """Bars of how many times as fast as the naive twin, each with a mark at its goal."""
    top = 10.0 ** math.ceil(math.log10(max([bar.ratio for bar in bars] + [10.0])))
    scale = _WIDTH / math.log10(top)

    def x(value: float) -> float:
        return _LEFT + scale * math.log10(max(value, 1.0))

    height = _TOP + _STEP * len(bars) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 90} {height}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        "<title>How many times as fast as the naive twin</title>",
        f'<rect width="{_LEFT + _WIDTH + 90}" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="20" font-weight="600">Times as fast as the naive twin (log scale; mark: goal)</text>',
    ]
    for power in range(int(math.log10(top)) + 1):
        at = x(10.0**power)
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP - 8}" y2="{height - 10}" stroke="#d9d9d9"/>')
        parts.append(f'<text x="{at + 3:.1f}" y="{_TOP - 10}" fill="#6b6b6b" font-size="11">{10**power}×</text>')
    for place, bar in enumerate(bars):
        y = _TOP + place * _STEP
        colour = _MET if bar.ratio >= bar.wanted else _MISSED
        parts += [
            f'<text x="{_LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(bar.what)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{max(x(bar.ratio) - _LEFT, 1):.1f}" height="19" rx="2"'
            f' fill="{colour}"/>',
            f'<line x1="{x(bar.wanted):.1f}" x2="{x(bar.wanted):.1f}" y1="{y - 3}" y2="{y + 22}" stroke="{_GOAL}"'
            ' stroke-width="2"/>',
            f'<text x="{max(x(bar.ratio), x(bar.wanted)) + 6:.1f}" y="{y + 14}">{bar.ratio:.1f}×</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
