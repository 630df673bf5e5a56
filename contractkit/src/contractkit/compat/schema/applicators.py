"""Compares applicators: schemas inside schemas, such as items, conditions and contents."""

from contractkit.compat.schema.local import Local
from contractkit.compat.schema.shape import Shape, members, merge
from contractkit.documents import Node


def check_items(local: Local) -> None:
    """Compare items: rule S28 for arrays."""
    _items(local)
    _contains(local)
    before, after = local.keyword("unevaluatedItems")
    if before is not None and after is not None:
        local.descend(before, after, "apart")
    else:
        toggle(local, "unevaluatedItems", before, after)


def _contains(local: Local) -> None:
    """Compare `contains`, which demands an item even with the schema `true`."""
    before, after = local.keyword("contains")
    if before is None or after is None:
        if before is not after:
            rule = "applicator-tightened" if after else "applicator-loosened"
            verb = "added" if after else "dropped"
            local.say(rule, f"contains was {verb}", before, after, "contains")
    elif "maxContains" in {*local.old.keywords, *local.new.keywords}:
        if not local.same(before, after):
            local.say("condition-changed", "contains was changed", before, after, "contains")
    else:
        local.descend(before, after, "item")


def _items(local: Local) -> None:
    old, new = ((s.keywords.get("prefixItems")) for s in (local.old, local.new))
    first, second = (node.elements() if node else [] for node in (old, new))
    before, after = local.keyword("items")
    for index in range(max(len(first), len(second))):
        was = first[index] if index < len(first) else before
        now = second[index] if index < len(second) else after
        if was is not None and now is not None:
            local.descend(was, now, "index", index)
        else:
            toggle(local, f"prefixItems {index}", was, now)
    if before is not None and after is not None:
        local.descend(before, after, "item")
    elif not (before is None and len(second) > len(first)) or after is not None:
        toggle(local, "items", before, after)


def toggle(local: Local, what: str, before: Node | None, after: Node | None) -> None:
    """Record a keyword that only one side has (S28), unless its schema is `true` or `{}`."""
    old = before is not None and before.value not in (True, {})
    new = after is not None and after.value not in (True, {})
    if new and not old:
        local.say("applicator-tightened", f"{what} was added", before, after, what)
    elif old and not new:
        local.say("applicator-loosened", f"{what} was dropped", before, after, what)


def check_conditions(local: Local) -> None:
    """Compare `not` (inverted) and if-then-else: rule S28."""
    before, after = local.keyword("not")
    if before is not None and after is not None:
        local.descend(before, after, "apart", "not", inverted=True)
    else:
        toggle(local, "not", before, after)
    before, after = local.keyword("if")
    if before is not None and after is not None and not local.same(before, after):
        local.say("condition-changed", "the condition `if` was changed", before, after, "if")
    for keyword in ("then", "else"):
        was, now = local.keyword(keyword)
        if was is not None and now is not None:
            local.descend(was, now, "inner", keyword)
        else:
            toggle(local, keyword, was, now)


def check_discriminator(local: Local) -> None:
    """Compare discriminators: rule S25."""
    before, after = local.keyword("discriminator")
    if before is None or after is None:
        if before is not None:
            local.say("discriminator-changed", "the discriminator was dropped", before)
        elif after is not None:
            local.say("discriminator-extended", "a discriminator was added", None, after)
        return
    old, new = before.text("propertyName"), after.text("propertyName")
    if old != new:
        message = f"the discriminator {old} became {new}"
        local.say("discriminator-changed", message, before, after, "propertyName")
    was, now = (dict(m.entries()) if (m := n.get("mapping")) else {} for n in (before, after))
    known = was.keys() | _implied(local.old), now.keys() | _implied(local.new)
    for name in sorted(was.keys() - known[1]):
        message = f"the discriminator no longer knows {name}"
        local.say("discriminator-changed", message, was[name], after, name)
    _unmapped(local, (before, after), (was, now))
    first, second = _targets(local.old, was), _targets(local.new, now)
    for name in sorted(first.keys() & second.keys()):
        # Another name may be the same component renamed, unless the old one is still there.
        if first[name] != second[name] and first[name] in second.values():
            message = f"{name} of the discriminator meant {first[name]}, means {second[name]}"
            local.say("discriminator-changed", message, was.get(name, before), after, name)
    for name in sorted(now.keys() - known[0]):
        message = f"the discriminator also knows {name}"
        local.say("discriminator-extended", message, before, now[name], name)


def _unmapped(
    local: Local, discriminators: tuple[Node, Node], mappings: tuple[dict[str, Node], ...]
) -> None:
    """Record components that are renamed and whose names travel, because nothing else tells them.

    With a `const` of the property the name is only that of generated code.
    """
    name = discriminators[0].text("propertyName")
    old, new = (
        _implied(shape, name) - {str(node.value).rpartition("/")[2] for node in mapping.values()}
        for shape, mapping in zip((local.old, local.new), mappings, strict=True)
    )
    fresh = new - _implied(local.old) - mappings[0].keys()
    gone = old - _implied(local.new) - mappings[1].keys() - mappings[0].keys()
    for value in sorted(gone) if fresh else ():
        message = f"the discriminator no longer knows {value}"
        local.say("discriminator-changed", message, *discriminators, value)


def _targets(shape: Shape, mapping: dict[str, Node]) -> dict[str, str]:
    """Return the component that each name of a discriminator means."""
    named = {name: str(node.value).rpartition("/")[2] for name, node in mapping.items()}
    return {name: name for name in _implied(shape)} | named


def _implied(shape: Shape, untold: str = "") -> set[str]:
    """Return the names that a discriminator knows without a mapping: those of the components.

    With `untold`, only of those that do not say the value of this property themselves.
    """
    unions = (shape.keywords.get(keyword) for keyword in ("oneOf", "anyOf"))
    branches = (branch for union in unions if union is not None for branch in union.elements())
    return {
        branch.target().name
        for branch in branches
        if branch.reference is not None and not (untold and _tells(branch, untold))
    }


def _tells(branch: Node, name: str) -> bool:
    member = merge(branch, members(branch))
    told = member.properties.get(name) if member is not None else None
    shape = merge(told, members(told)) if told is not None else None
    return shape is None or bool({"const", "enum"} & shape.keywords.keys())


def check_content(local: Local) -> None:
    """Compare contents of strings: rule S29. A content schema is compared in the same role."""
    for keyword in ("contentMediaType", "contentEncoding"):
        before, after = local.keyword(keyword)
        was, now = before.value if before else None, after.value if after else None
        if was != now:
            message = f"{keyword} {was or 'unset'} became {now or 'unset'}"
            local.say("content-changed", message, before, after, keyword)
    before, after = local.keyword("contentSchema")
    if before is not None and after is not None:
        local.descend(before, after, "content")
    else:
        toggle(local, "contentSchema", before, after)
