"""Every A rule for receive and send operations, with its harmless duplicate."""

from typing import Any

import pytest

from compat.contracts import cases, contract, findings, loud, named, patched
from compat.verdicts import assert_duplicates, assert_verdict
from contractkit.compat.finding import Finding
from contractkit.compat.messaging.rules import RULES
from contractkit.model.contract import Contract

ALL = cases("messaging")
BOTH = [(case, action) for case in ALL for action in ("receive", "send")]
RULED = [
    pytest.param(case, action, id=f"{named(case, number // 2)}-{action}")
    for number, (case, action) in enumerate(BOTH)
    if "rule" in case
]
DUPLICATES = [
    pytest.param(case, action, id=f"{named(case, number // 2)}-{action}")
    for number, (case, action) in enumerate(BOTH)
    if "duplicate" in case
]
JUDGED_ELSEWHERE = {"A12", "A13", "A17"}
"""Payloads, headers and traits have no rule of their own: the S rules decide."""

MESSAGE = {
    "payload": {
        "type": "object",
        "required": ["team"],
        "properties": {"team": {"type": "string"}, "note": {"type": "string"}},
    }
}
CHANNEL = {
    "address": "jobs.{team}.created",
    "parameters": {"team": {"location": "$message.payload#/team", "enum": ["a", "b"]}},
    "bindings": {"amqp": {"is": "queue", "queue": {"name": "jobs", "durable": True}}},
    "x-exchange": {"name": "jobs", "type": "direct"},
    "x-amqp-arguments": {"x-dead-letter-exchange": "dead"},
    "x-dead-letter": {"exchange": {"name": "dead"}, "queue": {"name": "dead"}},
}
SERVER = {
    "host": "localhost:5672",
    "protocol": "amqp",
    "protocolVersion": "0.9.1",
    "pathname": "/",
}


def side(patch: dict[str, Any], action: str) -> Contract:
    message = patched(MESSAGE, patch.get("message", {}))
    if "payload" in patch:
        message["payload"] = patch["payload"]
    key = patch.get("rename_message", "job")
    channel = patched(CHANNEL | {"messages": {key: message}}, patch.get("channel", {}))
    if patch.get("reverse_messages"):
        channel["messages"] = dict(reversed(channel["messages"].items()))
    channel_key = patch.get("rename_channel", "jobs")
    operation = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel_key}"},
        "bindings": {"amqp": {"deliveryMode": 2, "ack": True}},
        "x-celery-task": "make",
    }
    operation = patched(operation, patch.get("operation", {}))
    document: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1.0.0"},
        "servers": {"broker": patched(SERVER, patch.get("server", {}))},
        "channels": {channel_key: channel},
        "operations": {patch.get("rename_operation", "makeJob"): operation},
    }
    if "answers" in patch:
        answers = {"address": "answers", "messages": {"answer": {"payload": patch["answers"]}}}
        document["channels"]["answers"] = answers
        operation["reply"] = {"channel": {"$ref": "#/channels/answers"}}
    return contract(None, patched(document, patch.get("doc", {})))


def run(case: dict[str, Any], action: str) -> list[Finding]:
    return findings(side(case["old"], action), side(case["new"], action))


@pytest.mark.parametrize(("case", "action"), RULED)
def test_a_rule_gives_its_verdict(case: dict[str, Any], action: str) -> None:
    expected = case["severity"]
    word = expected[action] if isinstance(expected, dict) else expected
    assert_verdict(case, run(case, action), word, quiet=case.get("quiet", True))


@pytest.mark.parametrize(("case", "action"), DUPLICATES)
def test_the_duplicate_is_harmless(case: dict[str, Any], action: str) -> None:
    assert loud(run(case, action)) == []


def test_every_messaging_rule_has_a_case() -> None:
    assert set(RULES) <= {case.get("rule") for case in ALL}


def test_every_messaging_id_has_a_duplicate() -> None:
    numbers = {f"A{number:02}" for number in range(1, 34)}
    assert_duplicates(ALL, numbers)
    assert {rule.id for rule in RULES.values()} == numbers - JUDGED_ELSEWHERE
