"""Unions: which alternatives are kept, gone or new, and which overlap. S22 and S23.

The alternatives of `oneOf` exclude each other: where they overlap, widening one refuses values that
only another one matched. Such changes are `overlapping`: they can break in both roles, if a payload
proves it.
"""

from contractkit.compat.pairing import paired
from contractkit.compat.schema.applicators import toggle
from contractkit.compat.schema.local import Local
from contractkit.compat.schema.shape import Shape, allowed, members, merge, types
from contractkit.documents import Node

UNIONS = ("oneOf", "anyOf")


def check_unions(local: Local) -> None:
    """Compare unions: rules S22 and S23. A schema that became an alternative is a union of one."""
    for keyword in UNIONS:
        before, after = local.keyword(keyword)
        if before is not None and after is not None:
            exclusive = keyword == "oneOf"
            _branches(
                local, before.elements(), after.elements(), (before, after), exclusive=exclusive
            )
            continue
        other = UNIONS[1 - UNIONS.index(keyword)]
        if before is not None and after is None:
            moved = local.new.keywords.get(other)
            if moved is not None and other not in local.old.keywords:
                rule = f"applicator-{'tightened' if keyword == 'anyOf' else 'loosened'}"
                local.say(rule, f"{keyword} became {other}", before, moved, "union")
                _branches(
                    local, before.elements(), moved.elements(), (before, moved), exclusive=True
                )
            else:
                toggle(local, keyword, before, after)
        elif after is not None and (other not in local.old.keywords or other in local.new.keywords):
            toggle(local, keyword, before, after)


def lone_union(shape: Shape) -> str | None:
    """Return the keyword of a schema that is nothing but a union, or None."""
    names = set(shape.keywords) - {"discriminator", "type", "x-extensible"}
    return next((name for name in UNIONS if names == {name}), None)


def widened(local: Local) -> bool:
    """Compare a schema with a union that replaced it. Return whether one did."""
    before, after = lone_union(local.old), lone_union(local.new)
    if (before is None) == (after is None):
        return False
    plain, union_shape = (local.old, local.new) if before is None else (local.new, local.old)
    bare = not plain.properties and set(plain.keywords) <= {"type"}
    if any(name in plain.keywords for name in UNIONS):
        return False
    if bare and plain.value("type") == union_shape.value("type"):
        return False
    if after is not None:
        union = local.new.keywords[after]
        at = (local.old.node, union)
        _branches(local, [local.old.node], union.elements(), at, exclusive=after == "oneOf")
    elif before is not None:
        union = local.old.keywords[before]
        at = (union, local.new.node)
        _branches(local, union.elements(), [local.new.node], at, exclusive=before == "oneOf")
    return True


def _branches(
    local: Local, old: list[Node], new: list[Node], at: tuple[Node, Node], *, exclusive: bool
) -> None:
    found = paired(old, new, local.same, _same_tag, _same_name, _same_kind)
    for was, now in found.pairs:
        overlapping = exclusive and (_overlaps(was, old) or _overlaps(now, new))
        local.descend(was, now, "branch", old.index(was), overlapping=overlapping)
    marked = local.old.value("x-extensible") is True or local.old.value("x-extensible-enum")
    added = "branch-added-extensible" if marked else "branch-added"
    for was in found.gone:
        name = _branch_name(was)
        message = f"the alternative {name} is gone"
        overlapping = exclusive and _overlaps(was, old)
        local.say(
            "branch-removed",
            message,
            was,
            at[1],
            name,
            overlapping=overlapping,
            whole=local.new.node,
        )
    for now in found.new:
        name = _branch_name(now)
        message = f"the alternative {name} is new"
        overlapping = exclusive and _overlaps(now, new)
        local.say(added, message, at[0], now, name, overlapping=overlapping, whole=local.old.node)


def _overlaps(branch: Node, branches: list[Node]) -> bool:
    """Return whether a value may match the branch and another one; False only when certain."""
    return any(other.place != branch.place and not _disjoint(branch, other) for other in branches)


def _disjoint(one: Node, two: Node) -> bool:
    first, second = _shape(one), _shape(two)
    (kinds, null), (others, other_null) = types(first), types(second)
    if kinds is not None and others is not None:
        shared = kinds & others
        if not (null and other_null) and (not shared or _values_differ(first, second)):
            return True
        if shared != {"object"} or (null and other_null):
            return False
        before, after = tags(one), tags(two)
        both = before.keys() & after.keys() & first.required.keys() & second.required.keys()
        return any(before[name] != after[name] for name in both)
    return False


def _values_differ(one: Shape, two: Shape) -> bool:
    first, second = allowed(one), allowed(two)
    return first is not None and second is not None and not any(v in second for v in first)


def _shape(node: Node) -> Shape:
    return merge(node, members(node)) or Shape(node)


def tags(node: Node) -> dict[str, object]:
    """Return the properties fixed to one value, which identify an alternative of a union."""
    found = {}
    for name, child in _shape(node).properties.items():
        constant = _shape(child).keywords.get("const")
        if constant is not None:
            found[name] = constant.value
    return found


def _same_tag(old: Node, new: Node) -> bool:
    before, after = tags(old), tags(new)
    return bool(before) and before == after


def _same_name(old: Node, new: Node) -> bool:
    if _conflict(old, new):
        return False
    return old.reference is not None and old.target().name == new.followed().name


def _same_kind(old: Node, new: Node) -> bool:
    if _conflict(old, new) or (old.reference and new.reference):
        return False
    kind = _shape(old).value("type")
    return bool(kind == _shape(new).value("type") != "null")


def _conflict(old: Node, new: Node) -> bool:
    before, after = tags(old), tags(new)
    return any(before[name] != after[name] for name in before.keys() & after.keys())


def _branch_name(node: Node) -> str:
    followed = node.followed()
    if node.reference is not None:
        return followed.name
    return followed.text("title") or str(_shape(followed).value("type", node.name))
