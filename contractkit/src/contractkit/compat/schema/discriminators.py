"""Compares discriminators: the values that tell alternatives and children apart. S25."""

from collections.abc import Iterable
from typing import Any

from contractkit.compat.kinship import owner_of, relatives, stands_for
from contractkit.compat.schema.local import Local
from contractkit.compat.schema.shape import Shape, allowed, members, merge, types
from contractkit.discriminator import property_of
from contractkit.documents import Node


def check_discriminator(local: Local) -> None:
    """Compare discriminators: rule S25."""
    before, after = local.keyword("discriminator")
    if before is None or after is None:
        if before is not None:
            local.say("discriminator-changed", "the discriminator was dropped", before)
        elif after is not None:
            local.say("discriminator-extended", "a discriminator was added", None, after)
        return
    old, new = property_of(owner_of(before).value), property_of(owner_of(after).value)
    if old != new:
        message = f"the discriminator {old} became {new}"
        local.say("discriminator-changed", message, before, after, "propertyName")
    was, now = (dict(m.entries()) if (m := n.get("mapping")) else {} for n in (before, after))
    named = _implied(local.old) | _kin(before), _implied(local.new) | _kin(after)
    for name in sorted(was.keys() - now.keys() - named[1]):
        message = f"the discriminator no longer knows {name}"
        local.say("discriminator-changed", message, was[name], after, name)
    _unmapped(local, (before, after), (was, now))
    _fallback(local, before, after)
    _inherited(local, (before, after), (was, now))
    first, second = _targets(local.old, was), _targets(local.new, now)
    for name in sorted(first.keys() & second.keys()):
        # Another name may be the same component renamed, unless the old one is still there.
        if first[name] != second[name] and first[name] in second.values():
            message = f"{name} of the discriminator meant {first[name]}, means {second[name]}"
            local.say("discriminator-changed", message, was.get(name, before), after, name)
    for name in sorted(now.keys() - was.keys() - named[0]):
        message = f"the discriminator also knows {name}"
        alias = _is_alias(local, (before, after), (first, second), name)
        rule = "discriminator-alias-added" if alias else "discriminator-extended"
        local.say(rule, message, before, now[name], name)


def _is_alias(
    local: Local,
    discriminators: tuple[Node, Node],
    targets: tuple[dict[str, str], dict[str, str]],
    value: str,
) -> bool:
    """Return whether a new value means a component that had another one, and may be sent.

    A value that OLD listed was announced, and one that NEW does not allow is never sent.
    """
    wanted = targets[1][value]
    name = property_of(owner_of(discriminators[1]).value) or ""
    shapes = zip((local.old, local.new), discriminators, strict=True)
    old, new = (_component(shape, mark, wanted) for shape, mark in shapes)
    if old is None or new is None or local.old.value("x-extensible") is True:
        return False
    said, says = _told_values(old, name), _told_values(new, name)
    return (says is None or value in says) and (said is None or value not in said)


def _fallback(local: Local, before: Node, after: Node) -> None:
    """Compare which alternative takes what no name tells: `defaultMapping` of OpenAPI 3.2."""
    places = before.get("defaultMapping"), after.get("defaultMapping")
    old, new = ("" if one is None else str(one.value).rpartition("/")[2] for one in places)
    if old and not new:
        message = f"the discriminator no longer means {old} by default"
        local.say("discriminator-changed", message, places[0], after, "defaultMapping")
    elif new and not old:
        message = f"the discriminator means {new} by default"
        local.say("discriminator-extended", message, before, places[1], "defaultMapping")
    elif old != new and old in _implied(local.new):
        # Otherwise the component is gone, or is the same one renamed.
        message = f"the discriminator meant {old} by default, means {new}"
        local.say("discriminator-changed", message, *places, "defaultMapping")


def _unmapped(
    local: Local, discriminators: tuple[Node, Node], mappings: tuple[dict[str, Node], ...]
) -> None:
    """Record alternatives that are renamed and whose names travel, because nothing else tells them.

    With a `const` of the property the name is only that of generated code.
    """
    name = property_of(owner_of(discriminators[0]).value) or ""
    old, new = (
        _implied(shape, name) - {str(node.value).rpartition("/")[2] for node in mapping.values()}
        for shape, mapping in zip((local.old, local.new), mappings, strict=True)
    )
    fresh = new - _implied(local.old) - mappings[0].keys()
    gone = old - _implied(local.new) - mappings[1].keys() - mappings[0].keys()
    for value in sorted(gone) if fresh else ():
        message = f"the discriminator no longer knows {value}"
        local.say("discriminator-changed", message, *discriminators, value)


def _inherited(
    local: Local, discriminators: tuple[Node, Node], mappings: tuple[dict[str, Node], ...]
) -> None:
    """Record values that are gone or new because a child, by `allOf`, of the schema is.

    Only names that travel and that no component of the other side has any more, or had, count.
    """
    before, after = discriminators
    old, new = (
        _values(place, node) for place, node in zip(local.whole, discriminators, strict=True)
    )
    known = [
        {*values, *_implied(shape), *mapping}
        for values, shape, mapping in zip((old, new), (local.old, local.new), mappings, strict=True)
    ]
    gone = _travelling(old, before) - known[1] - mappings[0].keys() - relatives(after).names
    fresh = _travelling(new, after) - known[0] - mappings[1].keys() - relatives(before).names
    for value in sorted(gone):
        rule = "discriminator-changed" if fresh else "discriminator-value-removed"
        local.say(rule, f"the discriminator no longer knows {value}", before, after, value)
    for value in () if gone else sorted(fresh):
        message = f"the discriminator also knows {value}"
        local.say("discriminator-value-added", message, before, after, value)


def _values(place: Node, discriminator: Node) -> dict[str, Node]:
    """Return the values that a place may have by inheritance, and the component of each.

    Those are all of the family's where the place is the parent, and its own where it is a child.
    """
    parent, here = owner_of(discriminator), stands_for(place)
    children = relatives(discriminator).children(parent)
    return {
        str(value): child.node
        for child in children
        for value in child.values
        if child.node.place != parent.place and here.place in {parent.place, child.node.place}
    }


def _travelling(values: dict[str, Node], discriminator: Node) -> set[str]:
    """Return the values that are names of components and that the parent's property allows."""
    parent = owner_of(discriminator)
    told = parent.dig("properties", property_of(parent.value) or "")
    shape = None if told is None else merge(told, members(told))
    listed = None if shape is None else allowed(shape)
    return {
        value
        for value, node in values.items()
        if value == node.name
        and (listed is None or value in listed)
        and not relatives(node).has_alias(node)
    }


def _kin(discriminator: Node) -> set[str]:
    """Return the values that the children of a discriminator's schema have."""
    children = relatives(discriminator).children(owner_of(discriminator))
    return {str(value) for child in children for value in child.values}


def _targets(shape: Shape, mapping: dict[str, Node]) -> dict[str, str]:
    """Return the component that each name of a discriminator means."""
    named = {name: str(node.value).rpartition("/")[2] for name, node in mapping.items()}
    return {name: name for name in _implied(shape)} | named


def _component(shape: Shape, discriminator: Node, name: str) -> Node | None:
    """Return the alternative or the child of a discriminator that a component is, by its name."""
    named = [one.target() for one in _alternatives(shape) if one.reference is not None]
    named += [one.node for one in relatives(discriminator).children(owner_of(discriminator))]
    return next((node for node in named if node.name == name), None)


def _told_values(component: Node, name: str) -> list[Any] | None:
    """Return the values that a component allows for a property; None where it allows any."""
    shape = merge(component, members(component))
    if shape is None:
        return None
    kinds = types(shape)[0]
    if kinds is not None and "object" not in kinds:
        return []
    told = shape.properties.get(name)
    inner = None if told is None else merge(told, members(told))
    return None if inner is None else allowed(inner)


def _implied(shape: Shape, untold: str = "") -> set[str]:
    """Return the names that a discriminator knows without a mapping: those of the components.

    With `untold`, only of those that do not say the value of this property themselves.
    """
    return {
        branch.target().name
        for branch in _alternatives(shape)
        if branch.reference is not None and not (untold and _tells(branch, untold))
    }


def _alternatives(shape: Shape) -> Iterable[Node]:
    unions = (shape.keywords.get(keyword) for keyword in ("oneOf", "anyOf"))
    return (branch for union in unions if union is not None for branch in union.elements())


def _tells(branch: Node, name: str) -> bool:
    member = merge(branch, members(branch))
    told = member.properties.get(name) if member is not None else None
    shape = merge(told, members(told)) if told is not None else None
    return shape is None or bool({"const", "enum"} & shape.keywords.keys())
