"""A picture of the measured figures: horizontal bars as SVG, written by hand, no dependency."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

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
</style>"""


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
        """The height in pixels."""
        return HEAD + STEP * len(self.bars) + GAP


def _length(panel: Panel, value: float) -> float:
    room = WIDTH - LABEL - VALUE
    longest = max(bar.value for bar in panel.bars) or 1.0
    if value <= 0:
        return 1.0
    if not panel.logarithmic:
        return max(1.0, room * value / longest)
    smallest = min(bar.value for bar in panel.bars if bar.value > 0) / 3
    return max(1.0, room * math.log(value / smallest) / math.log(longest / smallest))


def _panel(panel: Panel, top: int) -> list[str]:
    lines = [
        f'<text x="16" y="{top + 18}" class="title">{escape(panel.title)}</text>',
        f'<text x="16" y="{top + 34}" class="note">{escape(panel.note)}</text>',
    ]
    for number, bar in enumerate(panel.bars):
        y = top + HEAD + number * STEP
        length = _length(panel, bar.value)
        kind = "ours" if bar.ours else "other"
        lines += [
            f'<text x="{LABEL - 10}" y="{y + 15}" class="label">{escape(bar.label)}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" class="{kind}"/>',
            f'<text x="{LABEL + length + 8:.1f}" y="{y + 15}" class="value">{bar.value:,.{panel.digits}f}</text>',
        ]
    return lines


def draw(panels: Sequence[Panel]) -> str:
    """Draw panels below each other."""
    height = sum(panel.height for panel in panels) + GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        STYLE,
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fff"/>',
    ]
    top = GAP
    for panel in panels:
        lines += _panel(panel, top)
        top += panel.height
    return "\n".join([*lines, "</svg>", ""])
