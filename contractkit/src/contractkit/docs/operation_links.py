"""How the operations of both documents lead to each other.

`x-sends` on an operation names the AsyncAPI operations that it brings about, `x-streams` on an
AsyncAPI operation the HTTP operations that carry the message on to a browser.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contractkit.docs.prose import slug
from contractkit.model.contract import Contract
from contractkit.model.messaging import MessagingOperation


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a page: the operation's id, what it is called, and on which page it stands."""

    operation_id: str
    title: str
    page: str

    @property
    def anchor(self) -> str:
        """The fragment of its section."""
        return f"operation-{slug(self.operation_id)}"


@dataclass(frozen=True, slots=True)
class OperationLinks:
    """For each operation id, what leads to it and where it leads."""

    leads_to: dict[str, tuple[Stop, ...]]
    comes_from: dict[str, tuple[Stop, ...]]


def _named(extensions: Any, key: str) -> Iterable[str]:
    value = extensions.get(key, ())
    return value if isinstance(value, list) else ()


def operation_links(contract: Contract, *, http_page: str, events_page: str) -> OperationLinks:
    """Read the links of both documents; a name that no document has is left out."""
    stops: dict[str, Stop] = {}
    steps: list[tuple[str, str]] = []
    if contract.http is not None:
        for operation in contract.http.operations:
            title = operation.summary or operation.operation_id
            stops[operation.operation_id] = Stop(operation.operation_id, title, http_page)
            steps += [
                (operation.operation_id, sent) for sent in _named(operation.extensions, "x-sends")
            ]
    if contract.messaging is not None:
        for message in contract.messaging.operations:
            title = message.title or message.operation_id
            stops[message.operation_id] = Stop(message.operation_id, title, events_page)
            for key in ("x-sends", "x-streams"):
                steps += [(message.operation_id, name) for name in _named(message.extensions, key)]
        steps += _deliveries(contract.messaging.operations)
    known = [(one, other) for one, other in steps if one in stops and other in stops]
    return OperationLinks(
        leads_to={
            name: tuple(stops[other] for one, other in known if one == name) for name in stops
        },
        comes_from={
            name: tuple(stops[one] for one, other in known if other == name) for name in stops
        },
    )


def _deliveries(operations: tuple[MessagingOperation, ...]) -> list[tuple[str, str]]:
    """Return what is sent to a channel arrives at each operation that receives from it."""
    return [
        (sender.operation_id, receiver.operation_id)
        for sender in operations
        if sender.action == "send"
        for receiver in operations
        if receiver.action == "receive" and receiver.channel.key == sender.channel.key
    ]
