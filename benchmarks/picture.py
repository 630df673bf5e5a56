"""A picture of measured figures: bars and curves as SVG, written by hand, no dependency."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

WIDTH = 860
LABEL = 270
VALUE = 120
BAR = 20
STEP = 28
HEAD = 44
GAP = 18
STYLE = """<style>
text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}
.note{fill:#6e7781;font-size:12px}.label{text-anchor:end}.ours{fill:#0969da}.other{fill:#afb8c1}
.axis{stroke:#d0d7de}.curve{fill:none;stroke-width:2}.end{text-anchor:end}
</style>"""
COLOURS = ("#0969da", "#bf8700", "#1a7f37", "#cf222e", "#8250df", "#57606a")
PLOT = 190
LEGEND = 20


class Part(Protocol):
    """A part of a picture."""

    @property
    def height(self) -> int:
        """Return the height in pixels."""

    def lines(self, top: int) -> list[str]:
        """Return the elements, from `top` pixels on."""


@dataclass(frozen=True)
class Bar:
    """A bar: whose, how long, and whether it is ours."""

    label: str
    value: float
    ours: bool


@dataclass(frozen=True)
class Panel:
    """A group of bars on one scale; `note` says which way is good and which scale it is."""

    title: str
    note: str
    bars: Sequence[Bar]
    digits: int = 0
    logarithmic: bool = False

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return HEAD + STEP * len(self.bars) + GAP

    def lines(self, top: int) -> list[str]:
        """Return the elements, from `top` pixels on."""
        found = _head(self.title, self.note, top)
        for number, bar in enumerate(self.bars):
            y = top + HEAD + number * STEP
            length = self._length(bar.value)
            kind = "ours" if bar.ours else "other"
            value = f"{bar.value:,.{self.digits}f}"
            found += [
                f'<text x="{LABEL - 10}" y="{y + 15}" class="label">{escape(bar.label)}</text>',
                f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" class="{kind}"/>',
                f'<text x="{LABEL + length + 8:.1f}" y="{y + 15}" class="value">{value}</text>',
            ]
        return found

    def _length(self, value: float) -> float:
        room = WIDTH - LABEL - VALUE
        longest = max(bar.value for bar in self.bars) or 1.0
        if value <= 0:
            return 1.0
        if not self.logarithmic:
            return max(1.0, room * value / longest)
        smallest = min(bar.value for bar in self.bars if bar.value > 0) / 3
        return max(1.0, room * math.log(value / smallest) / math.log(longest / smallest))


@dataclass(frozen=True)
class Curves:
    """Lines over one axis: each a name with values that are equally far apart, at least two."""

    title: str
    note: str
    curves: Mapping[str, Sequence[float]]
    begins: str
    ends: str
    """What stands at both ends of the axis."""

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return HEAD + PLOT + 2 * LEGEND + GAP

    def lines(self, top: int) -> list[str]:
        """Return the elements, from `top` pixels on."""
        left, right, base = 60, WIDTH - 20, top + HEAD + PLOT
        highest = max(map(max, self.curves.values())) or 1.0
        found = [
            *_head(self.title, self.note, top),
            f'<line x1="{left}" y1="{base}" x2="{right}" y2="{base}" class="axis"/>',
            f'<line x1="{left}" y1="{top + HEAD}" x2="{left}" y2="{base}" class="axis"/>',
            f'<text x="{left - 6}" y="{base}" class="note end">0</text>',
            f'<text x="{left - 6}" y="{top + HEAD + 10}" class="note end">{highest:,.0f}</text>',
            f'<text x="{left}" y="{base + 16}" class="note">{escape(self.begins)}</text>',
            f'<text x="{right}" y="{base + 16}" class="note end">{escape(self.ends)}</text>',
        ]
        wide = (right - left) // len(self.curves)
        for number, (name, values) in enumerate(self.curves.items()):
            colour = COLOURS[number % len(COLOURS)]
            step = (right - left) / (len(values) - 1)
            points = " ".join(
                f"{left + place * step:.1f},{base - value / highest * PLOT:.1f}"
                for place, value in enumerate(values)
            )
            x, y = left + number * wide, base + 16 + LEGEND
            found += [
                f'<polyline points="{points}" class="curve" stroke="{colour}"/>',
                f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>',
                f'<text x="{x + 15}" y="{y}" class="note">{escape(name)}</text>',
            ]
        return found


def _head(title: str, note: str, top: int) -> list[str]:
    return [
        f'<text x="16" y="{top + 18}" class="title">{escape(title)}</text>',
        f'<text x="16" y="{top + 34}" class="note">{escape(note)}</text>',
    ]


def draw(parts: Sequence[Part]) -> str:
    """Draw parts below each other."""
    height = sum(part.height for part in parts) + GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        STYLE,
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fff"/>',
    ]
    top = GAP
    for part in parts:
        lines += part.lines(top)
        top += part.height
    return "\n".join([*lines, "</svg>", ""])
