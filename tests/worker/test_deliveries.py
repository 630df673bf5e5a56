"""Everything that Celery would drop, choke on or delay is refused with its rule."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generated.messaging.contract import ContractError
from worker.deliveries import check

TASK = "domains.environments.create_environment"
GOOD: dict[str, Any] = {
    "headers": {"task": TASK, "id": "job-42-1", "lang": "py"},
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "body": json.dumps([[], {"payload": {}}, {"callbacks": None}]).encode(),
}


def refused(**changed: Any) -> ContractError:
    with pytest.raises(ContractError) as caught:
        check(**{**GOOD, **changed}, tasks={TASK})
    return caught.value


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"content_encoding": None},
        {"content_encoding": "UTF-8"},
        {"body": '[[], {"payload": {"name": "Käse"}}, null]'},
        {"headers": {**GOOD["headers"], "eta": None, "expires": None, "timelimit": [None, None]}},
        {"headers": {**GOOD["headers"], "timelimit": [30, 20.5]}},
    ],
)
def test_celery_messages_pass(changed: dict[str, Any]) -> None:
    check(**{**GOOD, **changed}, tasks={TASK})


@pytest.mark.parametrize(
    ("changed", "rule", "pointer"),
    [
        ({"headers": None}, "not_a_task", "/headers/task"),
        ({"headers": {}}, "not_a_task", "/headers/task"),
        ({"headers": {"task": 7, "id": "x"}}, "not_a_task", "/headers/task"),
        ({"headers": {"task": TASK}}, "not_a_task", "/headers/id"),
        ({"headers": {"task": TASK, "id": ""}}, "not_a_task", "/headers/id"),
        ({"headers": {"task": "os.system", "id": "x"}}, "unknown_task", "/headers/task"),
        (
            {"headers": {**GOOD["headers"], "eta": "2099-01-01T00:00:00Z"}},
            "delayed_task",
            "/headers/eta",
        ),
        ({"headers": {**GOOD["headers"], "timelimit": 5}}, "not_a_task", "/headers/timelimit"),
        (
            {"headers": {**GOOD["headers"], "timelimit": ["a", 1]}},
            "not_a_task",
            "/headers/timelimit",
        ),
        ({"content_type": "application/x-python-serialize"}, "content_type", ""),
        ({"content_type": None}, "content_type", ""),
        ({"content_encoding": "base64"}, "content_encoding", ""),
        ({"body": b"\x80\x04not json"}, "malformed_body", ""),
        ({"body": b"{"}, "malformed_body", ""),
        ({"body": b"[" * 100_000}, "malformed_body", ""),
        ({"body": b"5"}, "malformed_body", ""),
        ({"body": b"{}"}, "malformed_body", ""),
        ({"body": b"[[], {}]"}, "malformed_body", ""),
        ({"body": b"[{}, {}, {}]"}, "malformed_body", ""),
        ({"body": b"[[], [], {}]"}, "malformed_body", ""),
        ({"body": b"[[], {}, 1]"}, "malformed_body", ""),
    ],
)
def test_what_celery_would_lose_is_refused(changed: dict, rule: str, pointer: str) -> None:
    error = refused(**changed)
    assert (error.rule, error.pointer) == (rule, pointer)


def test_the_reason_does_not_quote_the_message() -> None:
    error = refused(body=b'{"password": "hunter2"')
    assert "hunter2" not in f"{error} {error.header_value}"


@given(
    headers=st.dictionaries(
        st.sampled_from(["task", "id", "eta", "timelimit"]), st.integers() | st.text()
    ),
    body=st.binary(max_size=64),
)
def test_nothing_else_than_a_contract_error_comes_out(headers: dict, body: bytes) -> None:
    with suppress(ContractError):
        check(**{**GOOD, "headers": headers, "body": body}, tasks={TASK})
