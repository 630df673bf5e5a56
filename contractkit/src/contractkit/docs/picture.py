"""A picture of who sends what to whom: programs on both sides, channels between them, as SVG."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from contractkit.docs.prose import slug
from contractkit.model.messaging import MessagingContract

_WIDTH = 960
_ROW = 64
_GAP = 18
_PROGRAM = 170
_CHANNEL = 380
_LETTERS = 46
_TITLED = 'aria-labelledby="picture-title"><title id="picture-title">Who sends what to whom</title>'
_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Edge:
    """A program and a channel that it sends to or receives from."""

    program: str
    channel: str
    operation: str


def picture(contract: MessagingContract, default_app: str) -> str:
    """Return the SVG; empty where there are no operations."""
    sends, receives = (
        _edges(contract, "send", default_app),
        _edges(contract, "receive", default_app),
    )
    channels = [each for each in contract.channels if _used(each.key, (*sends, *receives))]
    if not channels:
        return ""
    rows = {each.key: _GAP + at * (_ROW + _GAP) for at, each in enumerate(channels)}
    height = _GAP + len(channels) * (_ROW + _GAP)
    left = _placed(sends, rows, height)
    right = _placed(receives, rows, height)
    middle = (_WIDTH - _CHANNEL) // 2
    parts = [
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {height}" role="group" {_TITLED}',
        _ARROW,
    ]
    parts += [_line(_PROGRAM, left[e.program], middle, rows[e.channel] + _ROW // 2) for e in sends]
    parts += [
        _line(middle + _CHANNEL, rows[e.channel] + _ROW // 2, _WIDTH - _PROGRAM, right[e.program])
        for e in receives
    ]
    for each in channels:
        at = rows[each.key]
        exchange = each.exchange.name if each.exchange else ""
        told = each.address or exchange or each.key
        parts.append(
            f'<a href="#channel-{slug(each.key)}"><rect class="channel" x="{middle}" y="{at}" '
            f'width="{_CHANNEL}" height="{_ROW}" rx="10"/>'
            f'<text x="{_WIDTH // 2}" y="{at + 27}">{_short(each.title or each.key)}</text>'
            f'<text class="address" x="{_WIDTH // 2}" y="{at + 47}">{_short(told)}</text></a>'
        )
    for side, x in ((left, 0), (right, _WIDTH - _PROGRAM)):
        for name, at in side.items():
            parts.append(
                f'<a href="#app-{slug(name)}"><rect class="program" x="{x}" y="{at - 22}" '
                f'width="{_PROGRAM}" height="44" rx="22"/>'
                f'<text x="{x + _PROGRAM // 2}" y="{at + 5}">{_short(name, 20)}</text></a>'
            )
    return "".join([*parts, "</svg>"])


def _edges(contract: MessagingContract, action: str, default_app: str) -> tuple[Edge, ...]:
    found = [
        Edge(each.app or default_app, each.channel.key, each.operation_id)
        for each in contract.operations
        if each.action == action
    ]
    return tuple({(each.program, each.channel): each for each in found}.values())


def _used(channel: str, edges: Iterable[Edge]) -> bool:
    return any(each.channel == channel for each in edges)


def _placed(edges: Iterable[Edge], rows: dict[str, int], height: int) -> dict[str, int]:
    """Return the middle of each program: beside its channels, and none upon another."""
    wanted: dict[str, list[int]] = {}
    for each in edges:
        wanted.setdefault(each.program, []).append(rows[each.channel] + _ROW // 2)
    placed: dict[str, int] = {}
    lowest = 22
    for name, places in sorted(wanted.items(), key=lambda item: sum(item[1]) / len(item[1])):
        at = max(lowest, sum(places) // len(places))
        placed[name] = min(at, max(lowest, height - 24))
        lowest = placed[name] + 56
    return placed


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    bend = (x2 - x1) // 2
    return (
        f'<path class="edge" marker-end="url(#arrow)" '
        f'd="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 2} {y2}"/>'
    )


def _short(text: str, most: int = _LETTERS) -> str:
    return escape(text if len(text) <= most else f"{text[: most - 1]}…")
