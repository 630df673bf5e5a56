"""Every E rule with its harmless duplicate, on a stream that relays the events of an exchange."""

from typing import Any

import pytest

from compat.contracts import cases, contract, findings, loud, patched
from compat.verdicts import assert_duplicates, assert_verdict, having
from contractkit.compat.finding import Finding
from contractkit.compat.http.stream_rules import RULES
from contractkit.compat.rule import Severity
from contractkit.model.contract import Contract

ALL = cases("stream")
EVENT = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["a", "b"]}},
}


def frame(name: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    properties = {"event": {"type": "string", "const": name}, "data": text, **more}
    return {"type": "object", "properties": properties}


FRAMES = {
    "message": frame("message", EVENT, id={"type": "string"}),
    "lagged": frame("lagged", {"type": "object", "maxProperties": 3}),
    "end": frame("end", {"type": "object", "maxProperties": 1}),
}


def side(patch: dict[str, Any]) -> Contract:
    frames = list(patched(FRAMES, patch.get("frames", {})).values())
    if patch.get("reverse"):
        frames.reverse()
    media = patched({"itemSchema": {"$ref": "#/components/schemas/Frame"}}, patch.get("media", {}))
    operation = {
        "operationId": "listen",
        "parameters": [{"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "a", "content": {"text/event-stream": media}}},
    }
    openapi = {
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {"/events": {"get": patched(operation, patch.get("op", {}))}},
        "components": {"schemas": {"Frame": {"oneOf": frames}}},
    }
    messages = {"status": {"payload": patched(EVENT, patch.get("payload", {}))}}
    if patch.get("extra_message"):
        messages["more"] = {"payload": {"type": "object", "maxProperties": 9}}
    asyncapi = {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1.0.0"},
        "channels": {"events": {"address": "events", "messages": messages}},
        "operations": {"relay": {"action": "receive", "channel": {"$ref": "#/channels/events"}}},
    }
    return contract(openapi, asyncapi)


def run(case: dict[str, Any]) -> list[Finding]:
    found = findings(side(case["old"]), side(case["new"]))
    # The duplicate of E10 changes the frame alone, on purpose; only E10's own cases judge the relay.
    return [f for f in found if f.rule.id != "E10" or case["id"] == "E10"]


@pytest.mark.parametrize("case", having(ALL, "rule"))
def test_a_rule_gives_its_verdict(case: dict[str, Any]) -> None:
    assert_verdict(case, run(case), case["severity"])


@pytest.mark.parametrize("case", having(ALL, "duplicate"))
def test_the_duplicate_is_harmless(case: dict[str, Any]) -> None:
    assert loud(run(case)) == []


def test_every_stream_rule_has_a_case() -> None:
    assert set(RULES) <= {case.get("rule") for case in ALL}


def test_every_stream_id_has_a_duplicate() -> None:
    numbers = {f"E{number:02}" for number in range(1, 11)}
    assert_duplicates(ALL, numbers)


def listing(*names: str) -> Contract:
    """One schema that lists several event names."""
    one = frame("a", EVENT)
    one["properties"]["event"] = {"type": "string", "enum": list(names)}
    return side({"frames": {"message": None, "lagged": None, "end": None, "one": one}})


def apart(*names: str) -> Contract:
    """A schema per event name."""
    frames = {f"f{name}": frame(name, EVENT) for name in names}
    return side({"frames": {"message": None, "lagged": None, "end": None, **frames}})


def test_a_schema_that_lists_event_names_is_a_frame_for_each() -> None:
    assert loud(findings(listing("a", "b"), apart("a", "b"))) == []
    assert loud(findings(apart("a", "b"), listing("a", "b"))) == []
    assert loud(findings(listing("a", "b"), listing("b", "a"))) == []
    assert [f.rule.name for f in loud(findings(listing("a", "b"), listing("a")))] == [
        "frame-removed"
    ]
    assert "frame-removed" in {f.rule.name for f in findings(apart("a", "b"), listing("b"))}


def bare(*kinds: str) -> Contract:
    """A stream whose schema is of the data alone: a union told apart by a property."""
    branches = [
        {
            "type": "object",
            "required": ["type", kind],
            "properties": {"type": {"type": "string", "enum": [kind]}, kind: {"type": "string"}},
        }
        for kind in kinds
    ]
    media = {"itemSchema": None, "schema": {"anyOf": branches}}
    return side({"media": media, "frames": {}})


def test_a_schema_of_the_data_alone_is_compared_as_a_union() -> None:
    assert loud(findings(bare("a", "b", "c"), bare("c", "a", "b"))) == []
    assert loud(findings(bare("a", "b", "c"), bare("c", "a"))) == []
    (finding,) = loud(findings(bare("c", "a"), bare("a", "b", "c")))
    assert finding.rule.name == "branch-added"
    assert finding.severity is Severity.BREAKING
