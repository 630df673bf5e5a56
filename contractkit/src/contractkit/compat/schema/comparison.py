"""Walks two schemas: each pair of places is compared once, however many paths lead to it."""

from collections.abc import Callable

from contractkit.compat.digest import Digests
from contractkit.compat.schema.applicators import (
    check_conditions,
    check_content,
    check_items,
)
from contractkit.compat.schema.discriminators import check_discriminator
from contractkit.compat.schema.local import Local
from contractkit.compat.schema.marks import (
    check_access,
    check_annotations,
    check_default,
    check_name,
    check_unknown,
)
from contractkit.compat.schema.objects import (
    check_dependencies,
    check_properties,
    check_required,
    check_rest,
)
from contractkit.compat.schema.reach import Reach, Reached
from contractkit.compat.schema.scalars import (
    check_bounds,
    check_extensible_values,
    check_format,
    check_pattern,
    check_steps,
    check_types,
    check_values,
)
from contractkit.compat.schema.shape import Member, Shape, members, merge, nullable_inner, types
from contractkit.compat.schema.unions import check_unions, widened
from contractkit.documents import Node

CHECKS: tuple[Callable[[Local], None], ...] = (
    check_types,
    check_format,
    check_values,
    check_extensible_values,
    check_bounds,
    check_pattern,
    check_steps,
    check_properties,
    check_required,
    check_rest,
    check_dependencies,
    check_items,
    check_unions,
    check_conditions,
    check_discriminator,
    check_content,
    check_unknown,
)
"""Every check of a pair, in the order of the rule table."""


class Comparison:
    """Compares schemas of two revisions. Caches the result of each pair of places."""

    def __init__(
        self, digests: tuple[Digests, Digests] | None = None, *, strict: bool = False
    ) -> None:
        self.strict = strict
        self.digests = digests or (Digests(), Digests())
        self._annotated = Digests(annotations=True), Digests(annotations=True)
        self._reach = Reach(self._compare, self.identical)

    def walk(self, old: Node, new: Node) -> list[Reached]:
        """Return all changes below a pair of roots, each with one path to it."""
        return self._reach.below(old, new)

    def identical(self, old: Node, new: Node) -> bool:
        """Return whether two schemas are equal, annotations included."""
        return self._annotated[0].of(old) == self._annotated[1].of(new)

    def same(self, old: Node, new: Node) -> bool:
        """Return whether two schemas are equal, annotations aside."""
        return self.digests[0].of(old) == self.digests[1].of(new)

    def _compare(self, old: Node, new: Node) -> Local:
        inner_old, inner_new = nullable_inner(old), nullable_inner(new)
        local = Local(Shape(old), Shape(new), (old, new), self.digests, self.strict)
        check_name(local, old, new)
        if inner_old or inner_new:
            self._nullable(local, old, new, inner_old, inner_new)
        else:
            self._members(local, old, new)
        check_default(local, old, new)
        check_annotations(local, old, new)
        if old.reference is not None or new.reference is not None:
            check_annotations(local, old.followed(), new.followed())
        required = set(local.new.required)
        for step in local.steps:
            if step.via == "property":
                check_access(local, step, step.key in required)
        return local

    def _nullable(
        self, local: Local, old: Node, new: Node, inner_old: Node | None, inner_new: Node | None
    ) -> None:
        if not inner_old or not inner_new:
            before, after = (
                inner is not None or bool(types(_shape(node))[1])
                for node, inner in ((old, inner_old), (new, inner_new))
            )
            if before != after:
                verb = "now" if after else "no longer"
                rule = "null-added" if after else "null-removed"
                local.say(rule, f"null is {verb} allowed", old, new)
        # A list of types with null beside X says the same as a union of X and null, so only the
        # other types are compared; null was compared above.
        if inner_old is not None and inner_new is not None:
            local.descend(inner_old, inner_new, "branch")
            return
        first, second = inner_old or old, inner_new or new
        self._members(local, first, second, null_reported=True)

    def _members(self, local: Local, old: Node, new: Node, *, null_reported: bool = False) -> None:
        if isinstance(old.value, bool) or isinstance(new.value, bool):
            _booleans(local, old, new)
            return
        local.whole = old, new
        left, right = members(old), members(new)
        if len(left) > 1 or len(right) > 1:
            left, right = self._unmatched(left, right)
            if not left and not right:
                return
            if not left and all(member.origin == "allOf" for member in right):
                _say_members(local, right, added=True)
                return
            if not right and all(member.origin == "allOf" for member in left):
                _say_members(local, left, added=False)
                return
        before, after = merge(old, left), merge(new, right)
        if before is None or after is None:
            _pairwise(local, left, right)
            return
        local.old, local.new = before, after
        first = len(local.changes)
        if widened(local):
            check_discriminator(local)
            return
        for check in CHECKS:
            check(local)
        if null_reported:
            local.changes[first:] = [c for c in local.changes[first:] if c.rule.id != "S12"]

    def _unmatched(self, old: list[Member], new: list[Member]) -> tuple[list[Member], list[Member]]:
        left, right = [], list(new)
        for member in old:
            match = next((m for m in right if self._equal(member, m)), None)
            if match is None:
                left.append(member)
            else:
                right.remove(match)
        return left, right

    def _equal(self, old: Member, new: Member) -> bool:
        return old.keywords.keys() == new.keywords.keys() and all(
            self.digests[0].keyword(key, old.node) == self.digests[1].keyword(key, new.node)
            for key in old.keywords
        )


def _shape(node: Node) -> Shape:
    return merge(node, members(node)) or Shape(node)


def _booleans(local: Local, old: Node, new: Node) -> None:
    """Compare the schemas `true`, which accepts everything, and `false`, which accepts nothing."""
    before, after = _breadth(old), _breadth(new)
    if after < before:
        local.say("applicator-tightened", "the schema was restricted", old, new)
    elif after > before:
        local.say("applicator-loosened", "the schema was dropped", old, new)


def _breadth(node: Node) -> int:
    if node.value is False:
        return 0
    return 2 if node.value is True or not members(node) else 1


def _say_members(local: Local, parts: list[Member], *, added: bool) -> None:
    for index, part in enumerate(parts):
        what = ", ".join(sorted(part.keywords)) or "false"
        if added:
            local.say("member-added", f"allOf also demands {what}", None, part.node, str(index))
        else:
            local.say(
                "member-removed", f"allOf no longer demands {what}", part.node, None, str(index)
            )


def _pairwise(local: Local, left: list[Member], right: list[Member]) -> None:
    pairs = min(len(left), len(right))
    for before, after in zip(left, right, strict=False):
        old, new = merge(before.node, [before]), merge(after.node, [after])
        if old is not None and new is not None:
            local.old, local.new = old, new
            for check in CHECKS:
                check(local)
    _say_members(local, right[pairs:], added=True)
    _say_members(local, left[pairs:], added=False)
