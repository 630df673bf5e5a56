"""Links between the operations of both documents.

`x-sends` on an operation names the AsyncAPI operations that it causes, `x-streams` on an AsyncAPI
operation the HTTP operations that relay the message to a browser.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contractkit.docs.prose import slug
from contractkit.model.contract import Contract
from contractkit.model.messaging import MessagingOperation


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The target of a link: the operation's id, its label, and its page."""

    operation_id: str
    title: str
    page: str

    @property
    def anchor(self) -> str:
        """The fragment of its section."""
        return f"operation-{slug(self.operation_id)}"


@dataclass(frozen=True, slots=True)
class OperationLinks:
    """Per operation id, the operations that lead to it and those that it leads to."""

    leads_to: dict[str, tuple[LinkTarget, ...]]
    comes_from: dict[str, tuple[LinkTarget, ...]]


def _named(extensions: Any, key: str) -> Iterable[str]:
    value = extensions.get(key, ())
    return value if isinstance(value, list) else ()


def operation_links(contract: Contract, *, http_page: str, events_page: str) -> OperationLinks:
    """Return the links of both documents; names that no document defines are left out."""
    targets: dict[str, LinkTarget] = {}
    steps: list[tuple[str, str]] = []
    if contract.http is not None:
        for operation in contract.http.operations:
            title = operation.summary or operation.operation_id
            targets[operation.operation_id] = LinkTarget(operation.operation_id, title, http_page)
            steps += [
                (operation.operation_id, sent) for sent in _named(operation.extensions, "x-sends")
            ]
    if contract.messaging is not None:
        for message in contract.messaging.operations:
            title = message.title or message.operation_id
            targets[message.operation_id] = LinkTarget(message.operation_id, title, events_page)
            for key in ("x-sends", "x-streams"):
                steps += [(message.operation_id, name) for name in _named(message.extensions, key)]
        steps += _deliveries(contract.messaging.operations)
    known = [(one, other) for one, other in steps if one in targets and other in targets]
    return OperationLinks(
        leads_to={
            name: tuple(targets[other] for one, other in known if one == name) for name in targets
        },
        comes_from={
            name: tuple(targets[one] for one, other in known if other == name) for name in targets
        },
    )


def _deliveries(operations: tuple[MessagingOperation, ...]) -> list[tuple[str, str]]:
    """Return the pairs of a sending and a receiving operation on the same channel."""
    return [
        (sender.operation_id, receiver.operation_id)
        for sender in operations
        if sender.action == "send"
        for receiver in operations
        if receiver.action == "receive" and receiver.channel.key == sender.channel.key
    ]
