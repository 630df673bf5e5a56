"""Compares applicators: schemas inside schemas, such as items, conditions and contents."""

from contractkit.compat.schema.local import Local
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
