"""Pairs the media types of OLD and NEW: equal ones, and ranges that cover others.

The body of a media type is described by the most precise range that covers it (OpenAPI, `content`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contractkit.compat.media import MediaRange, media_range
from contractkit.model.http import MediaType

Pair = tuple[MediaType, MediaType]


@dataclass(slots=True)
class Pairing:
    """Media types of OLD paired with those of NEW.

    `wider`: NEW has a range that covers more. `narrower`: NEW covers less. `inside`: NEW has the
    range of OLD and also describes a part of it separately. `gone` and `fresh` have no other side.
    """

    same: list[Pair] = field(default_factory=list)
    wider: list[Pair] = field(default_factory=list)
    narrower: list[Pair] = field(default_factory=list)
    inside: list[Pair] = field(default_factory=list)
    gone: list[MediaType] = field(default_factory=list)
    fresh: list[MediaType] = field(default_factory=list)


def pair_media_types(old: Sequence[MediaType], new: Sequence[MediaType]) -> Pairing:
    """Pair the media types of a body in OLD and in NEW."""
    found = Pairing()
    written = {media.name for media in old}
    spelled = {media.name: media for media in new if media.name in written}
    known = {media_range(media.name): media for media in new if media.name not in written}
    left = []
    for media in old:
        other = spelled.pop(media.name, None) or known.pop(media_range(media.name), None)
        if other is None:
            left.append(media)
        else:
            found.same.append((media, other))
    right = list(known.values())
    for media in left:
        wider = _covering(media, new)
        if wider is not None:
            found.wider.append((media, wider))
            continue
        inner = [other for other in right if _narrows(media, other)]
        found.narrower += [(media, other) for other in inner]
        found.gone += [] if inner else [media]
    taken = {id(after) for _, after in (*found.wider, *found.narrower)}
    for media in right:
        outer = _covering(media, [before for before, _ in found.same])
        if outer is not None:
            found.inside.append((outer, media))
        if id(media) not in taken:
            found.fresh.append(media)
    return found


def _covering(media: MediaType, others: Sequence[MediaType]) -> MediaType | None:
    """Return the most precise of the others that covers a media type."""
    mine = media_range(media.name)
    covering = [other for other in others if media_range(other.name).covers(mine)]
    return max(covering, key=lambda other: media_range(other.name).precision, default=None)


def _narrows(media: MediaType, other: MediaType) -> bool:
    """Return whether one type is covered by the other, or differs only in its parameters."""
    outer, inner = media_range(media.name), media_range(other.name)
    return outer.covers(inner) or _same_name(outer, inner)


def _same_name(one: MediaRange, two: MediaRange) -> bool:
    return one.name == two.name
