"""What a delivery must look like before Celery may see it; refuses with the rule that it breaks.

Celery acknowledges, and so loses, what it can't decode; it discards tasks that it does not know;
and some malformed messages end its worker. It also obeys what a message says beside its task:
what to call next, when to forget it. So each delivery is looked at first, and Celery sees of its
headers only what the contract needs. The payload itself is checked later, by the generated task.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from generated.messaging.contract import ContractError, parse_headers
from generated.messaging.runtime.contract import require_size
from generated.models.message import CeleryHeaders
from generated.tasks.worker import WORKER_MAX_BYTES

CONTENT_TYPE: Final = "application/json"
_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_BODY_PARTS: Final = 3
_HEADERS: Final[TypeAdapter[CeleryHeaders]] = TypeAdapter(CeleryHeaders)
_TIME_LIMITS: Final = 2
_WORKFLOW: Final = frozenset({"callbacks", "errbacks", "chain", "chord"})
_PASSED_ON: Final = frozenset(
    {
        *("lang", "task", "id", "root_id", "parent_id", "retries", "timelimit", "ignore_result"),
        *("argsrepr", "kwargsrepr", "origin", "compression", "traceparent", "tracestate"),
    }
)


def check(
    *,
    headers: object,
    content_type: object,
    content_encoding: object,
    body: bytes | str,
    tasks: Collection[str],
    now: float,
) -> dict[str, Any]:
    """Return the headers for Celery of a message (protocol 2, JSON) for one of `tasks`.

    Raises ContractError for any other message. A delay is refused: `eta` would keep a place in the
    worker until its time has come. So is an order whose `expires` is before `now` (epoch seconds):
    Celery would acknowledge it without a trace, and refuse its id from then on. One that expires
    later is begun now; its `expires` is not passed on.
    """
    passed_on = _checked_headers(headers, tasks, now)
    require_size(
        body.encode() if isinstance(body, str) else body, WORKER_MAX_BYTES[passed_on["task"]]
    )
    if content_type != CONTENT_TYPE:
        raise _refused("content_type", "", f"the content type must be {CONTENT_TYPE}")
    if content_encoding is not None and str(content_encoding).lower() not in _ENCODINGS:
        raise _refused("content_encoding", "", "the content encoding must be utf-8")
    try:
        decoded = json.loads(body if isinstance(body, str) else bytes(body).decode())
    except (ValueError, RecursionError):
        raise _refused("malformed_body", "", "the body is not JSON in UTF-8") from None
    if not _is_protocol_2(decoded):
        raise _refused("malformed_body", "", "the body must be [args, kwargs, embed]")
    _check_embed(decoded[-1] or {})
    return passed_on


def _checked_headers(headers: object, tasks: Collection[str], now: float) -> dict[str, Any]:
    if not isinstance(headers, Mapping) or not isinstance(headers.get("task"), str):
        raise _refused("not_a_task", "/headers/task", "the header `task` must name a task")
    if headers["task"] not in tasks:
        raise _refused("unknown_task", "/headers/task", "no worker knows this task")
    if not isinstance(headers.get("id"), str) or not headers["id"]:
        raise _refused("not_a_task", "/headers/id", "the header `id` must be a text")
    if headers.get("eta") is not None:
        raise _refused("delayed_task", "/headers/eta", "delays are not allowed on this exchange")
    if not _are_time_limits(headers.get("timelimit")):
        raise _refused("not_a_task", "/headers/timelimit", "must be two numbers or nulls")
    if headers.get("expires") is not None and _expiry(headers["expires"]) <= now:
        raise _refused("expired", "/headers/expires", "the order's time was over when it came")
    parse_headers(_HEADERS, headers)
    return {
        name: value
        for name, value in headers.items()
        if name in _PASSED_ON or str(name).startswith("x-")
    }


def _expiry(value: object) -> float:
    """Epoch seconds of Celery's ISO 8601 text; one without an offset is in UTC, as `enable_utc`."""
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise _refused("not_a_task", "/headers/expires", "must be a time (ISO 8601)") from None


def _check_embed(embed: Mapping[str, Any]) -> None:
    """Celery would send what a message wants to be called next to whatever queue it names."""
    for name, value in embed.items():
        if name not in _WORKFLOW or value:
            raise _refused("workflow", "/2", "orders have no callbacks, chains or chords")


def _are_time_limits(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, list | tuple)
        and len(value) == _TIME_LIMITS
        and all(limit is None or isinstance(limit, int | float) for limit in value)
    )


def _is_protocol_2(body: Any) -> bool:
    if not isinstance(body, list) or len(body) != _BODY_PARTS:
        return False
    args, kwargs, embed = body
    return (
        isinstance(args, list)
        and isinstance(kwargs, dict)
        and (embed is None or isinstance(embed, dict))
    )


def _refused(rule: str, pointer: str, detail: str) -> ContractError:
    return ContractError(rule=rule, pointer=pointer, detail=detail)
