"""How the messages of a version travel: exchange, routing key, properties, headers and body.

Run it once when a version is released, after `contractkit record`:
`PYTHONPATH=. python contract-tests/recordings/wire.py`.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contractkit.compat.recording import Recording, recordings
from generated.messaging import message
from generated.messaging.contract import CONTRACT_VERSION
from generated.models.event import (
    ConcurrentLoginAnsweredEvent,
    ConcurrentLoginRequestedEvent,
    JobStatusEvent,
    SessionRevokedEvent,
    TeamStatusChangedEvent,
)
from generated.models.job import CreateEnvironmentJobPayload, DeleteEnvironmentJobPayload

HERE = Path(__file__).parent
AUTH = (
    ConcurrentLoginRequestedEvent
    | ConcurrentLoginAnsweredEvent
    | TeamStatusChangedEvent
    | SessionRevokedEvent
)
BUILDERS: dict[str, tuple[Any, Callable[[Any], message.OutgoingMessage]]] = {
    "sendCreateEnvironment": (
        CreateEnvironmentJobPayload,
        lambda payload: message.send_create_environment(payload, task_id="job-42-1"),
    ),
    "sendDeleteEnvironment": (
        DeleteEnvironmentJobPayload,
        lambda payload: message.send_delete_environment(payload, task_id="job-43-1"),
    ),
    "sendJobStatus": (
        JobStatusEvent,
        lambda payload: message.send_job_status(payload, event_id="q3JvT0aX.118"),
    ),
    "sendAuthEvent": (
        AUTH,
        lambda payload: message.send_auth_event(payload, event_id="q3JvT0aX.119"),
    ),
}


def travels(operation: str, payload: Any) -> dict[str, Any]:
    """What today's builder makes of a payload, as plain data."""
    model, build = BUILDERS[operation]
    made = asdict(build(TypeAdapter(model).validate_json(json.dumps(payload))))
    return {**made, "body": made["body"].decode()}


def record(recording: Recording) -> None:
    lines = [
        json.dumps({"payload": line.payload, "wire": travels(line.operation, line.payload)})
        for line in recording.traffic
        if line.operation in BUILDERS and line.key.endswith(" payload")
    ]
    target = HERE / recording.version / "wire.jsonl"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    for recording in recordings(HERE):
        if recording.version == CONTRACT_VERSION:
            record(recording)


if __name__ == "__main__":
    main()
