"""Who writes and who reads what travels on a channel, as far as the document knows them.

A program that the document describes is rolled out together with it; a message between two of them
can only be in flight. Everybody else may be of any age.
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
    askers: frozenset[str]
    answerers: frozenset[str]

    def strangers(self, use: Use) -> bool:
        """Whether somebody whom the document does not know writes what we read, or the reverse.

        A topic can be read by anybody who binds a queue to it. Replies go the other way.
        """
        if use.carrier == "reply":
            return not (self.answerers if use.role is Role.IN else self.askers)
        if use.role is Role.IN:
            return not self.writers
        if use.role is Role.OUT:
            return not (self.queue and self.readers)
        return not (self.queue and self.readers and self.writers)


def parties(contracts: Iterable[MessagingContract]) -> dict[str, Parties]:
    """Return parties per channel key.

    Only those count that every document with the channel knows.
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
        askers=ids("send", replied=True),
        answerers=ids("receive", replied=True),
    )


def _common(one: Parties, two: Parties) -> Parties:
    """Return what both sides have; a renamed operation still writes or reads."""

    def both(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
        return first | second if first and second else frozenset()

    return Parties(
        queue=one.queue and two.queue,
        writers=both(one.writers, two.writers),
        readers=both(one.readers, two.readers),
        askers=both(one.askers, two.askers),
        answerers=both(one.answerers, two.answerers),
    )
