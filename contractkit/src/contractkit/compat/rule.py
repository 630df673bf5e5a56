"""A rule of the gate: a stable id, a name, a category and a verdict per role."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from contractkit.level import Level


class Role(Enum):
    """Which side of a payload the owner of the contract is on."""

    IN = "IN"
    """We parse it: requests, parameters, messages received. Narrowing breaks."""
    OUT = "OUT"
    """We emit it: responses, messages sent, frames. Widening breaks."""

    @property
    def reverse(self) -> "Role":
        """The other role."""
        return Role.OUT if self is Role.IN else Role.IN


class Severity(IntEnum):
    """How bad a finding is, in ascending order."""

    OK = 0
    WARNING = 1
    BREAKING = 2
    UNCLASSIFIED = 3

    @property
    def label(self) -> str:
        """The word in reports."""
        return self.name.lower()

    @property
    def level(self) -> Level:
        """The level for code hosts; an undecided finding stops a release like a breaking one."""
        return (Level.NOTE, Level.WARNING, Level.ERROR, Level.ERROR)[self]


class Category(Enum):
    """What breaks: bytes on the wire, topology, generated names, or the life-cycle policy."""

    WIRE = "WIRE"
    ROUTING = "ROUTING"
    SOURCE = "SOURCE"
    POLICY = "POLICY"


OK, WARNING, BREAKING = Severity.OK, Severity.WARNING, Severity.BREAKING
WIRE, ROUTING, SOURCE, POLICY = Category.WIRE, Category.ROUTING, Category.SOURCE, Category.POLICY


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table. `id` groups variants; `name` is unique and stable."""

    id: str
    name: str
    parsed: Severity
    emitted: Severity
    title: str
    category: Category = Category.WIRE

    def verdict(self, role: Role | None) -> Severity:
        """Return the severity for a role; rules without direction have the same in both."""
        if role is None:
            return max(self.parsed, self.emitted)
        return self.parsed if role is Role.IN else self.emitted


def both(
    rule_id: str, name: str, severity: Severity, title: str, category: Category = WIRE
) -> Rule:
    """Return a rule with the same verdict in both roles."""
    return Rule(rule_id, name, severity, severity, title, category)


def index(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    """Return the rules by name. Raises ValueError when a name is taken twice."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in found:
            raise ValueError(f"two rules are named {rule.name}")
        found[rule.name] = rule
    return found
