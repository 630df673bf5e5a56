"""Which direction of change a channel must survive, and against which revisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from contractkit.compat.parties import Parties
from contractkit.compat.rule import Role
from contractkit.compat.use import Use
from contractkit.errors import UsageError


class Direction(Enum):
    """BACKWARD: NEW reads what OLD wrote. FORWARD: OLD reads what NEW writes. FULL: both."""

    BACKWARD = frozenset({Role.IN})
    FORWARD = frozenset({Role.OUT})
    FULL = frozenset({Role.IN, Role.OUT})


@dataclass(frozen=True, slots=True)
class Mode:
    """A direction, and whether earlier releases and tags are compared too (transitive)."""

    direction: Direction
    transitive: bool

    def asks(self, role: Role) -> bool:
        """Return whether findings of this role count."""
        return role in self.direction.value

    def __str__(self) -> str:
        return f"{self.direction.name}{'_TRANSITIVE' if self.transitive else ''}"


LASTING = Mode(Direction.FULL, transitive=True)
"""The other side may have any supported version: HTTP, and messages to or from unknown programs."""
IN_FLIGHT = Mode(Direction.FULL, transitive=False)
"""Both sides are deployed together, so only messages in flight have another version."""


def parse(text: str) -> Mode:
    """Return a mode by its name in the configuration. Raises UsageError."""
    name = text.strip().upper().replace("-", "_")
    plain = name.removesuffix("_TRANSITIVE")
    try:
        return Mode(Direction[plain], transitive=plain != name)
    except KeyError as error:
        raise UsageError(
            f"{text!r} is not a mode. Write BACKWARD, FORWARD or FULL, with _TRANSITIVE to compare "
            "with the last tags too.",
        ) from error


@dataclass(frozen=True, slots=True)
class Modes:
    """The mode of each channel: as configured, else by who writes and who reads.

    By default a payload counts in each role that an operation of the document has: what we read
    must not become narrower, what we write must not become wider.
    """

    configured: Mapping[str, Mode] = field(default_factory=dict)
    parties: Mapping[str, Parties] = field(default_factory=dict)

    def of(self, use: Use) -> Mode:
        """Return the mode that decides about a use. HTTP is configured under the name `http`."""
        configured = self.configured.get("http" if use.channel is None else use.channel)
        if configured is not None:
            return configured
        parties = self.parties.get(use.channel or "")
        return IN_FLIGHT if parties is not None and not parties.has_unknown_party(use) else LASTING
