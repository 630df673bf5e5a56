"""Which programs write and read on a channel, as far as the document describes them.

A program that the document describes is deployed together with it, so a message between two of them
can only be in flight. All other programs may have any version.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contractkit.compat.rule import Role
from contractkit.compat.use import Use
from contractkit.model.messaging import Channel, MessagingContract, MessagingOperation


@dataclass(frozen=True, slots=True)
class Parties:
    """The operations on one channel in both documents. A queue's messages go to one reader only."""

    queue: bool
    writers: frozenset[str]
    readers: frozenset[str]
    requesters: frozenset[str]
    responders: frozenset[str]

    def has_unknown_party(self, use: Use) -> bool:
        """Return whether a program outside the document writes what we read, or the reverse.

        A topic can be read by anybody who binds a queue to it. Replies go in the other direction.
        """
        if use.carrier == "reply":
            return not (self.responders if use.role is Role.IN else self.requesters)
        if use.role is Role.IN:
            return not self.writers
        if use.role is Role.OUT:
            return not (self.queue and self.readers)
        return not (self.queue and self.readers and self.writers)


def parties(contracts: Iterable[MessagingContract]) -> dict[str, Parties]:
    """Return the parties per channel key.

    A party counts only if every document with the channel has it.
    """
    found: dict[str, Parties] = {}
    for contract in contracts:
        for channel in contract.channels:
            mine = _parties(channel, contract.operations)
            known = found.get(channel.key)
            found[channel.key] = mine if known is None else _common(known, mine)
    return found


def _parties(channel: Channel, operations: Iterable[MessagingOperation]) -> Parties:
    own = [operation for operation in operations if operation.channel.key == channel.key]

    def ids(action: str, *, replied: bool = False) -> frozenset[str]:
        return frozenset(
            operation.operation_id
            for operation in own
            if operation.action == action and (operation.reply is not None or not replied)
        )

    return Parties(
        queue=channel.queue is not None,
        writers=ids("send"),
        readers=ids("receive"),
        requesters=ids("send", replied=True),
        responders=ids("receive", replied=True),
    )


def _common(one: Parties, two: Parties) -> Parties:
    """Return the parties of both; a renamed operation still writes or reads."""

    def both(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
        return first | second if first and second else frozenset()

    return Parties(
        queue=one.queue and two.queue,
        writers=both(one.writers, two.writers),
        readers=both(one.readers, two.readers),
        requesters=both(one.requesters, two.requesters),
        responders=both(one.responders, two.responders),
    )
