"""Both sides of one messaging comparison, with methods that its parts share."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.lifecycle import Calendar, HasLifecycle, compare_lifecycle
from contractkit.compat.messaging.rules import RULES
from contractkit.compat.rule import Role
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.location import Location, escape, path_of
from contractkit.model.messaging import Channel, MessagingContract, MessagingOperation


@dataclass(frozen=True, slots=True)
class Sides:
    """Both contracts, the collector and the calendar."""

    old: MessagingContract
    new: MessagingContract
    collector: FindingCollector
    calendar: Calendar

    def say(
        self,
        rule: str,
        message: str,
        places: tuple[Location | None, Location | None],
        *uses: Use,
        token: str = "",
    ) -> None:
        """Record a change."""
        self.collector.say(RULES[rule], message, *places, *uses, token=token)

    def uses(self, channel: Channel, contract: MessagingContract) -> tuple[Use, ...]:
        """Return the operations on a channel, without roles: topology concerns both sides."""
        return tuple(
            Use(operation.operation_id, channel=channel.key)
            for operation in contract.operations
            if operation.channel.key == channel.key
        )

    def places(self, old: Location, new: Location, *keys: str) -> tuple[Location, Location]:
        """Return the places of a member on both sides, or of its nearest parent that exists."""
        below = "".join(f"/{escape(key)}" for key in keys)
        first, second = (
            documents.source(location.file).locate(location.pointer + below)
            for documents, location in zip(self.collector.revisions, (old, new), strict=True)
        )
        return first, second

    def lifecycle(self, old: HasLifecycle, new: HasLifecycle, use: Use, name: str) -> None:
        """Compare deprecation, sunset and stability."""
        compare_lifecycle(
            self.collector,
            RULES,
            old,
            new,
            calendar=self.calendar,
            use=use,
            prefix="messaging-",
            name=name,
        )

    def leftovers(
        self, old: HasLifecycle, new: HasLifecycle, use: Use, name: str, *, known: Collection[str]
    ) -> None:
        """Report changed members that no other rule decides; extensions may come from traits."""
        before, after = (
            (
                {k: v for k, v in at(documents, side.location).value.items() if k[:2] != "x-"}
                | dict(side.extensions),
                side.location,
            )
            for documents, side in zip(self.collector.revisions, (old, new), strict=True)
        )
        check_leftovers(self.collector, before, after, known=known, use=use, what=name)

    def node(self, side: int, location: Location, key: str, value: Any) -> Node:
        """Return a member as a node, also when it comes from a trait."""
        path = (*path_of(location.pointer), key)
        return Node(self.collector.revisions[side], location.file, path, value)


def role_of(operation: MessagingOperation) -> Role:
    """Return the role of an action: IN for `receive`, OUT for `send`."""
    return Role.IN if operation.action == "receive" else Role.OUT


def carrier_of(channel: Channel) -> str:
    """Return what a channel carries: `job` for a queue, else `event`."""
    return "job" if channel.queue is not None else "event"
