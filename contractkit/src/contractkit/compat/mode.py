"""Which direction of change a channel must survive, and against which revisions."""

from dataclasses import dataclass, field
from enum import Enum

from contractkit.compat.rule import Role
from contractkit.compat.use import Use
from contractkit.errors import UsageError


class Direction(Enum):
    """BACKWARD: we read what old writers wrote. FORWARD: old readers read what we write."""

    BACKWARD = frozenset({Role.IN})
    FORWARD = frozenset({Role.OUT})
    FULL = frozenset({Role.IN, Role.OUT})


@dataclass(frozen=True, slots=True)
class Mode:
    """A direction, and whether it holds against the last tags too instead of OLD alone."""

    direction: Direction
    transitive: bool

    def asks(self, role: Role) -> bool:
        """Whether findings of this role count."""
        return role in self.direction.value

    def __str__(self) -> str:
        return f"{self.direction.name}{'_TRANSITIVE' if self.transitive else ''}"


HTTP = Mode(Direction.FULL, transitive=True)
"""Requests backward, responses forward, against every supported version."""
JOBS = Mode(Direction.FULL, transitive=False)
"""Messages are in flight while both sides are rolled out."""
EVENTS = Mode(Direction.FORWARD, transitive=True)
"""Consumers that were built long ago read what is published today."""


def parse(text: str) -> Mode:
    """A mode by its name in the configuration. Raises UsageError."""
    name = text.strip().upper().replace("-", "_")
    plain = name.removesuffix("_TRANSITIVE")
    try:
        return Mode(Direction[plain], transitive=plain != name)
    except KeyError as error:
        raise UsageError(
            f"{text!r} is no mode. Write BACKWARD, FORWARD or FULL, with _TRANSITIVE to hold "
            "against the last tags too.",
        ) from error


@dataclass(frozen=True, slots=True)
class Modes:
    """The mode of each channel: as configured, else by what the channel is."""

    configured: dict[str, Mode] = field(default_factory=dict)
    queues: frozenset[str] = frozenset()

    def of(self, use: Use) -> Mode:
        """The mode that decides about a use. HTTP is configured under the name `http`."""
        if use.channel is None:
            return self.configured.get("http", HTTP)
        default = JOBS if use.channel in self.queues else EVENTS
        return self.configured.get(use.channel, default)
