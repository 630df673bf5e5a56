"""The differences of two schemas at one place, and which parts of them to compare next."""

from dataclasses import dataclass, field
from typing import Any

from contractkit.compat.digest import Digests
from contractkit.compat.inclusion.embedding import Via
from contractkit.compat.rule import Rule
from contractkit.compat.schema.rules import RULES
from contractkit.compat.schema.shape import Shape
from contractkit.documents import Node


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One rule met at one place. `token` distinguishes changes of the same rule and place.

    For an added or removed alternative, `whole` is the other side's schema, which may accept it.
    """

    rule: Rule
    old: Node | None
    new: Node | None
    message: str
    token: str = ""
    overlapping: bool = False
    whole: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A step from a schema to a part on both sides. `inverted` parts (`not`) swap the roles.

    `overlapping` parts are alternatives of a `oneOf` that do not exclude each other by themselves.
    """

    old: Node
    new: Node
    via: Via
    key: str | int = ""
    inverted: bool = False
    overlapping: bool = False


@dataclass(slots=True)
class Local:
    """The findings of one pair of schemas, before roles are known.

    `old` and `new` are what of them is compared, `whole` the schemas as a whole, without null.
    """

    old: Shape
    new: Shape
    whole: tuple[Node, Node]
    digests: tuple[Digests, Digests]
    strict: bool = False
    changes: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def say(
        self,
        rule: str,
        message: str,
        old: Node | None = None,
        new: Node | None = None,
        token: str = "",
        *,
        overlapping: bool = False,
        whole: Node | None = None,
    ) -> None:
        """Record a change; places default to the schemas themselves."""
        self.changes.append(
            Change(
                RULES[rule],
                old or self.old.node,
                new or self.new.node,
                message,
                token,
                overlapping,
                whole,
            ),
        )

    def descend(
        self,
        old: Node,
        new: Node,
        via: Via,
        key: str | int = "",
        *,
        inverted: bool = False,
        overlapping: bool = False,
    ) -> None:
        """Add a pair of parts to compare next."""
        self.steps.append(Step(old, new, via, key, inverted, overlapping))

    def keyword(self, keyword: str) -> tuple[Node | None, Node | None]:
        """Return a keyword on both sides."""
        return self.old.keywords.get(keyword), self.new.keywords.get(keyword)

    def same(self, old: Node, new: Node) -> bool:
        """Return whether two schemas are equal, annotations aside."""
        return self.digests[0].of(old) == self.digests[1].of(new)


def shown(value: Any) -> str:
    """Return a value as short JSON-like text for messages."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 (a line of a report)
