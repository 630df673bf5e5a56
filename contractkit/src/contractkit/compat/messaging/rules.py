"""The rules A01 to A33: what a change of a messaging contract means.

IN is a `receive` operation, OUT a `send` one.
"""

from contractkit.compat.rule import (
    BREAKING,
    OK,
    POLICY,
    ROUTING,
    SOURCE,
    WARNING,
    WIRE,
    Category,
    Rule,
    Severity,
    index,
)


def _both(
    rule_id: str, name: str, severity: Severity, title: str, category: Category = WIRE
) -> Rule:
    return Rule(rule_id, name, severity, severity, title, category)


MESSAGING_RULES = (
    _both("A01", "channel-removed", BREAKING, "a channel is gone", ROUTING),
    _both(
        "A01",
        "channel-removed-before-sunset",
        BREAKING,
        "a channel is gone before its sunset",
        ROUTING,
    ),
    _both("A01", "channel-removed-after-sunset", OK, "a channel is gone after its sunset", ROUTING),
    _both("A01", "channel-added", OK, "a channel is new", ROUTING),
    _both(
        "A02",
        "channel-key-renamed",
        WARNING,
        "a channel has another key, so generated names change",
        SOURCE,
    ),
    _both(
        "A02",
        "message-key-renamed",
        WARNING,
        "a message has another key, so generated names change",
        SOURCE,
    ),
    _both(
        "A02",
        "messaging-operation-renamed",
        WARNING,
        "an operation has another key, so generated names change",
        SOURCE,
    ),
    _both("A03", "address-changed", BREAKING, "a channel has another address", ROUTING),
    _both(
        "A04",
        "address-tokens-changed",
        BREAKING,
        "an address has other tokens, so bindings no longer match",
        ROUTING,
    ),
    _both(
        "A04",
        "address-token-renamed",
        WARNING,
        "an address parameter has another name, so generated names change",
        SOURCE,
    ),
    Rule(
        "A05", "address-value-removed", BREAKING, WARNING, "a parameter has one value less", ROUTING
    ),
    Rule("A05", "address-value-added", OK, WARNING, "a parameter has one value more", ROUTING),
    _both(
        "A05",
        "address-parameter-relocated",
        BREAKING,
        "a parameter is found elsewhere in the message",
        ROUTING,
    ),
    _both("A05", "address-default-changed", WARNING, "a parameter has another default", ROUTING),
    _both("A06", "messaging-operation-removed", BREAKING, "an operation is gone", ROUTING),
    _both(
        "A06",
        "messaging-operation-removed-before-sunset",
        BREAKING,
        "an operation is gone before its sunset",
        ROUTING,
    ),
    _both(
        "A06",
        "messaging-operation-removed-after-sunset",
        OK,
        "an operation is gone after its sunset",
        ROUTING,
    ),
    _both("A06", "messaging-operation-added", OK, "an operation is new", ROUTING),
    _both(
        "A07",
        "action-flipped",
        BREAKING,
        "an operation sends what it received, or the reverse",
        ROUTING,
    ),
    _both(
        "A08",
        "operation-retargeted",
        BREAKING,
        "an operation uses a channel of another address",
        ROUTING,
    ),
    Rule("A09", "message-removed", BREAKING, WARNING, "an operation has one message less"),
    Rule("A10", "message-added", OK, BREAKING, "an operation has one message more"),
    Rule(
        "A10",
        "message-added-tolerated",
        OK,
        WARNING,
        "an operation has one message more; consumers are declared tolerant",
    ),
    _both(
        "A11", "wire-discriminator-changed", BREAKING, "a message is told apart by another value"
    ),
    _both("A14", "content-type-changed", BREAKING, "a message has another content type"),
    _both("A14", "schema-format-changed", BREAKING, "a payload is described in another language"),
    _both("A15", "correlation-added", OK, "a message carries a correlation id"),
    _both("A15", "correlation-changed", BREAKING, "the correlation id is elsewhere"),
    _both("A15", "correlation-removed", BREAKING, "the correlation id is gone"),
    _both("A16", "reply-removed", BREAKING, "a reply is gone", ROUTING),
    _both("A16", "reply-added", WARNING, "a reply is new", ROUTING),
    _both("A16", "reply-moved", BREAKING, "a reply goes elsewhere", ROUTING),
    _both("A18", "broker-removed", BREAKING, "a server is gone", ROUTING),
    _both("A18", "broker-changed", BREAKING, "a server is reached another way", ROUTING),
    _both("A18", "broker-added", OK, "a server is new", ROUTING),
    _both("A19", "broker-security-added", BREAKING, "credentials are demanded"),
    _both(
        "A19",
        "broker-security-removed",
        WARNING,
        "credentials are no longer demanded; look at it",
        POLICY,
    ),
    _both(
        "A20",
        "binding-kind-changed",
        BREAKING,
        "a routing key became a queue, or the reverse",
        ROUTING,
    ),
    _both("A21", "exchange-changed", BREAKING, "another exchange", ROUTING),
    _both(
        "A22",
        "declaration-changed",
        BREAKING,
        "declared another way; the broker answers 406 PRECONDITION_FAILED",
        ROUTING,
    ),
    _both("A23", "queue-renamed", BREAKING, "another queue", ROUTING),
    _both(
        "A24",
        "queue-arguments-changed",
        BREAKING,
        "a queue has other arguments; the broker answers 406 PRECONDITION_FAILED",
        ROUTING,
    ),
    _both("A25", "dead-letter-removed", BREAKING, "refused messages are lost", ROUTING),
    _both("A25", "dead-letter-changed", BREAKING, "refused messages go elsewhere", ROUTING),
    _both("A25", "dead-letter-added", OK, "refused messages are kept", ROUTING),
    _both(
        "A26",
        "delivery-made-transient",
        BREAKING,
        "messages no longer survive a restart of the broker",
    ),
    _both("A26", "delivery-made-persistent", OK, "messages survive a restart of the broker"),
    _both("A26", "acknowledgement-dropped", BREAKING, "a message counts as done before it is"),
    _both("A26", "acknowledgement-added", OK, "messages are acknowledged"),
    _both("A26", "mandatory-dropped", WARNING, "messages that nobody takes vanish"),
    _both("A26", "mandatory-added", OK, "messages that nobody takes come back"),
    _both("A26", "expiration-lowered", WARNING, "messages live shorter"),
    _both("A26", "expiration-raised", OK, "messages live longer"),
    _both(
        "A26",
        "delivery-routing-changed",
        BREAKING,
        "copies, replies or the user id changed",
        ROUTING,
    ),
    _both("A26", "delivery-order-changed", WARNING, "priority or timestamp changed"),
    _both(
        "A27", "message-binding-changed", BREAKING, "the content encoding or the AMQP type changed"
    ),
    _both("A28", "binding-version-changed", OK, "only the version of the binding changed"),
    _both(
        "A29",
        "celery-task-changed",
        BREAKING,
        "a Celery task has another name, queue, serializer or protocol",
        ROUTING,
    ),
    _both(
        "A30",
        "celery-execution-changed",
        WARNING,
        "a Celery task is acknowledged, retried or limited another way",
    ),
    _both(
        "A31",
        "messaging-deprecated-without-sunset",
        BREAKING,
        "deprecated, but nobody knows until when it works",
        POLICY,
    ),
    _both("A31", "messaging-deprecated", OK, "deprecated, with a sunset", POLICY),
    _both("A31", "messaging-undeprecated", OK, "no longer deprecated", POLICY),
    _both(
        "A31", "messaging-sunset-earlier", BREAKING, "a sunset comes earlier than promised", POLICY
    ),
    _both(
        "A31",
        "messaging-sunset-removed",
        BREAKING,
        "a promised sunset is gone while still deprecated",
        POLICY,
    ),
    _both("A31", "messaging-sunset-too-soon", BREAKING, "a sunset leaves too little time", POLICY),
    _both("A31", "messaging-sunset-later", OK, "a sunset comes later", POLICY),
    _both("A31", "messaging-sunset-malformed", BREAKING, "a sunset is no date", POLICY),
    _both("A31", "messaging-stability-decreased", BREAKING, "what was stable is less so", POLICY),
    _both("A31", "messaging-stability-increased", OK, "more is promised", POLICY),
    _both(
        "A32",
        "major-message-added",
        OK,
        "a new major version of a message travels beside the old one",
        POLICY,
    ),
    _both(
        "A32",
        "message-replaced-before-sunset",
        BREAKING,
        "a message gave way to its next major version before its sunset",
        POLICY,
    ),
    _both(
        "A32",
        "message-replaced-after-sunset",
        OK,
        "a message gave way to its next major version after its sunset",
        POLICY,
    ),
    Rule("A33", "size-limit-lowered", BREAKING, OK, "`x-max-bytes` of a message was lowered"),
    Rule("A33", "size-limit-raised", OK, BREAKING, "`x-max-bytes` was raised or dropped"),
    Rule("A33", "size-limit-set", WARNING, OK, "`x-max-bytes` is new; before nothing was said"),
)
"""A12, A13, A17 have no row: the S rules judge payloads and headers, with traits merged."""

RULES = index(MESSAGING_RULES)
