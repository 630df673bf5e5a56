"""How a Celery task travels, as protocol 2 has it: headers, properties and body."""

from dataclasses import dataclass
from typing import Any

from contractkit.docs.schema_view import SchemaIndex
from contractkit.model.messaging import MessagingOperation


@dataclass(frozen=True, slots=True)
class CeleryWire:
    """One message of a task."""

    task: str
    payload: Any
    headers: dict[str, Any]
    properties: dict[str, Any]
    body: list[Any]


def celery_wire(operation: MessagingOperation, book: SchemaIndex) -> CeleryWire | None:
    """Return an example of an operation's task message; None where it is no Celery task.

    https://docs.celeryq.dev/en/stable/internals/protocol.html
    """
    if operation.celery_task is None:
        return None
    payload = example_payload(operation, book)
    task = operation.celery_task
    return CeleryWire(
        task,
        payload,
        {
            "lang": "py",
            "task": task,
            "id": "6f1f3a2e-54a0-4d5c-9f7e-0d8d8a3c1b5e",
            "root_id": "6f1f3a2e-54a0-4d5c-9f7e-0d8d8a3c1b5e",
            "parent_id": None,
            "group": None,
            "retries": 0,
            "eta": None,
            "expires": None,
            "timelimit": [None, None],
            "argsrepr": "()",
            "kwargsrepr": "{'payload': ...}",
        },
        {
            "correlation_id": "6f1f3a2e-54a0-4d5c-9f7e-0d8d8a3c1b5e",
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "delivery_mode": 2,
        },
        [
            [],
            {"payload": payload},
            {"callbacks": None, "errbacks": None, "chain": None, "chord": None},
        ],
    )


def example_payload(operation: MessagingOperation, book: SchemaIndex) -> Any:
    """Return the first example of an operation's messages, else one made from the schema."""
    for message in operation.messages:
        for example in message.examples:
            if example.payload is not None:
                return example.payload
        if message.payload is not None:
            return book.example(message.payload)
    return None
