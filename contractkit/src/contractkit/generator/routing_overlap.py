"""Which operations of one queue may be meant by the same routing key."""

from collections.abc import Sequence

from contractkit.generator.messaging_views import OperationView


def grouped(views: Sequence[OperationView]) -> list[list[OperationView]]:
    """Return the operations in groups whose keys can't meet; most specific keys come first."""
    groups: list[list[OperationView]] = []
    for view in views:
        met = [group for group in groups if any(_meet(view, other) for other in group)]
        for group in met:
            groups.remove(group)
        groups.append([*(other for group in met for other in group), view])
    return [sorted(group, key=lambda view: view.looseness) for group in groups]


def _meet(one: OperationView, other: OperationView) -> bool:
    """Return whether some routing key may be one of both operations."""
    if one.any_key or other.any_key or one.accepted or other.accepted:
        return True
    first, second = one.routing_key.split("."), other.routing_key.split(".")
    if "#" in first or "#" in second:
        return True
    if len(first) != len(second):
        return False
    return all(a == b or _varies(a) or _varies(b) for a, b in zip(first, second, strict=True))


def _varies(word: str) -> bool:
    return "{" in word or word == "*"
