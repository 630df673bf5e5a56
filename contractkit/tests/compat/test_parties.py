"""The default mode follows from who writes and who reads; nothing in flight is refused silently."""

from pathlib import Path
from typing import Any

import pytest

from compat.contracts import (
    TODAY,
    contract,
    findings,
    http_document,
    loud,
    messaging_document,
    patched,
)
from compat.project import NARROW, WIDE, Project
from contractkit.compat.gate import Terms, compare
from contractkit.compat.mode import IN_FLIGHT, LASTING, Modes
from contractkit.compat.parties import parties
from contractkit.compat.rule import Role, Severity
from contractkit.compat.use import Use

TOPIC = {"channels": {"things": {"bindings": {"amqp": {"is": "routingKey", "queue": None}}}}}
CHANNEL = {"channel": {"$ref": "#/channels/things"}}
SEND = {"operations": {"write": {"action": "send", "x-app": "writer", **CHANNEL}}}

REPLY = {
    "channels": {"answers": {"address": "answers", "messages": {"answer": {}}}},
    "operations": {"useThing": {"reply": {"channel": {"$ref": "#/channels/answers"}}}},
}


def document(schema: Any, role: str, *patches: Any) -> dict[str, Any]:
    made = messaging_document(schema, role)
    for patch in patches:
        made = patched(made, patch)
    return made


def replying(schema: Any, role: str, *patches: Any) -> dict[str, Any]:
    made = document({"type": "string"}, role, REPLY, *patches)
    made["channels"]["answers"]["messages"]["answer"] = {"payload": schema}
    return made


def severity(old: Any, new: Any) -> list[Severity]:
    return [f.severity for f in loud(findings(contract(None, old), contract(None, new)))]


class TestDirection:
    """Every payload counts in each role that an operation of the document has."""

    @pytest.mark.parametrize("patches", [(), (TOPIC,)], ids=["queue", "topic"])
    @pytest.mark.parametrize("build", [document, replying], ids=["payload", "reply"])
    def test_what_we_read_must_not_become_narrower(self, build: Any, patches: Any) -> None:
        role = "in" if build is document else "out"
        assert severity(build(WIDE, role, *patches), build(NARROW, role, *patches)) == [
            Severity.BREAKING
        ]
        assert severity(build(NARROW, role, *patches), build(WIDE, role, *patches)) == []

    @pytest.mark.parametrize("patches", [(), (TOPIC,)], ids=["queue", "topic"])
    @pytest.mark.parametrize("build", [document, replying], ids=["payload", "reply"])
    def test_what_we_write_must_not_become_wider(self, build: Any, patches: Any) -> None:
        role = "out" if build is document else "in"
        assert severity(build(NARROW, role, *patches), build(WIDE, role, *patches)) == [
            Severity.BREAKING
        ]
        assert severity(build(WIDE, role, *patches), build(NARROW, role, *patches)) == []

    @pytest.mark.parametrize("patches", [(), (TOPIC,)], ids=["queue", "topic"])
    def test_between_two_programs_of_ours_both_break(self, patches: Any) -> None:
        wide, narrow = (document(s, "in", SEND, *patches) for s in (WIDE, NARROW))
        assert severity(wide, narrow) == severity(narrow, wide) == [Severity.BREAKING]


OUT, IN = Use("a", "event", Role.OUT, "things"), Use("a", "event", Role.IN, "things")
ASK, ANSWER = Use("a", "reply", Role.IN, "things"), Use("a", "reply", Role.OUT, "things")
AGE = {
    "others write a topic": (document({}, "in", TOPIC), IN, LASTING),
    "others write a queue": (document({}, "in"), IN, LASTING),
    "we write a topic that we read": (document({}, "in", SEND, TOPIC), IN, IN_FLIGHT),
    "others may read it too": (document({}, "in", SEND, TOPIC), OUT, LASTING),
    "we write a queue that we read": (document({}, "in", SEND), IN, IN_FLIGHT),
    "only we read that queue": (document({}, "in", SEND), OUT, IN_FLIGHT),
    "others read our queue": (document({}, "out"), OUT, LASTING),
    "others answer": (replying({}, "out"), ASK, LASTING),
    "others ask": (replying({}, "in"), ANSWER, LASTING),
    "http": (document({}, "in"), Use("a", "request", Role.IN), LASTING),
}


@pytest.mark.parametrize("name", AGE)
def test_strangers_may_be_of_any_age(name: str) -> None:
    made, use, expected = AGE[name]
    messaging = contract(None, made).messaging
    assert messaging is not None
    assert Modes({}, parties([messaging, messaging])).of(use) == expected


def test_a_party_counts_only_where_both_documents_know_it() -> None:
    alone, both = (contract(None, document({}, "in", *p)).messaging for p in ((), (SEND,)))
    assert alone is not None
    assert both is not None
    assert Modes({}, parties([alone, both])).of(IN) == LASTING
    assert Modes({}, parties([both, alone])).of(IN) == LASTING


def test_a_configured_mode_excuses_but_not_silently(project: Project) -> None:
    wide, narrow = document(WIDE, "in", TOPIC), document(NARROW, "in", TOPIC)
    project.schema(NARROW, asyncapi=wide)
    project.commit("wide")
    project.configure('modes = {things = "FORWARD"}\n')
    project.schema(NARROW, version="1.1.0", asyncapi=narrow)
    status, report = project.diff("HEAD")
    (finding,) = report["findings"]
    assert (status, finding["severity"]) == (0, "warning")
    assert finding["note"] == "things asks for FORWARD only"


def test_old_writers_of_others_count_with_the_tags(project: Project) -> None:
    middle = {"type": "string", "enum": ["a", "b", "c", "d"]}
    versions = [(WIDE, "1.0.0"), (middle, "1.1.0")]
    for schema, version in versions:
        project.schema(NARROW, version=version, asyncapi=document(schema, "in", TOPIC))
        project.commit(version)
        project.git("tag", f"v{version}")
    project.configure("tags = 2\n")
    project.schema(NARROW, version="1.2.0", asyncapi=document(NARROW, "in", TOPIC))
    _, report = project.diff("HEAD")
    against = {f["message"]: f["against"] for f in report["findings"] if f["rule"] == "S13"}
    assert against['the value "c" is gone'][-1] == "v1.0.0"


RECEIVE = {"operations": {"read": {"action": "receive", "x-app": "reader", **CHANNEL}}}
ANSWERS = {
    "operations": {"other": {**CHANNEL, "reply": {"channel": {"$ref": "#/channels/answers"}}}}
}
ANSWERING = patched(ANSWERS, {"operations": {"other": {"action": "receive", "x-app": "b"}}})
ASKING = patched(ANSWERS, {"operations": {"other": {"action": "send", "x-app": "b"}}})


def webhook(schema: Any) -> dict[str, Any]:
    made = http_document({"type": "string"}, "out")
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    post = {"operationId": "call", "requestBody": body, "responses": {"200": {"description": "a"}}}
    return {**made, "webhooks": {"call": {"post": post}}}


TABLE: dict[str, list[Any]] = {
    "request, parameter": [lambda s: http_document(s, "in")],
    "response, frame, webhook, callback": [lambda s: http_document(s, "out"), webhook],
    "`receive`, no `send` on the channel": [
        lambda s: document(s, "in"),
        lambda s: document(s, "in", TOPIC),
    ],
    "`receive`, and a `send` on the channel": [
        lambda s: document(s, "in", SEND),
        lambda s: document(s, "in", SEND, TOPIC),
    ],
    "`send` to a topic": [
        lambda s: document(s, "out", TOPIC),
        lambda s: document(s, "out", RECEIVE, TOPIC),
    ],
    "`send` to a queue, no `receive` on it": [lambda s: document(s, "out")],
    "`send` to a queue, and a `receive` on it": [lambda s: document(s, "out", RECEIVE)],
    "reply to our `send`": [lambda s: replying(s, "out"), lambda s: replying(s, "out", ANSWERING)],
    "reply of our `receive`": [lambda s: replying(s, "in"), lambda s: replying(s, "in", ASKING)],
}
"""Documents for each row of the table in the documentation, of a payload with a schema."""


def documented() -> dict[str, list[str]]:
    """Return the rows of the table: the payload, and the defaults that it names."""
    text = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text(encoding="utf-8")
    table = text.partition("| payload | written by | read by | default |")[2].partition("\n\n")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {row[0].strip(): row[3].strip().split("; ") for row in cells}


def severities(old: Any, new: Any, *, older: bool) -> set[Severity]:
    kind = "asyncapi" if "asyncapi" in old else "openapi"
    pair = [contract(**{kind: side}) for side in (old, new)]
    terms = Terms(today=TODAY, version_policy=False)
    return {f.severity for f in loud(compare(*pair, terms, transitive_only=older))}


@pytest.mark.parametrize("row", TABLE)
def test_the_table_of_defaults_is_what_the_gate_does(row: str) -> None:
    modes = documented()
    assert set(modes) == set(TABLE), "each row is tried"
    builds = TABLE[row]
    for number, build in enumerate(builds):
        mode = modes[row][min(number, len(modes[row]) - 1)]
        old, new = (WIDE, NARROW) if mode.startswith("BACKWARD") else (NARROW, WIDE)
        assert severities(build(old), build(new), older=False) == {Severity.BREAKING}
        expected = {Severity.BREAKING} if mode.endswith("_TRANSITIVE") else set()
        assert severities(build(old), build(new), older=True) == expected, mode
