"""A 406 of a broker is read, and told with the argument, both values and two ways out."""

import pytest

from backbone.topology.difference import Difference, read_mismatch

START = "PRECONDITION_FAILED - inequivalent arg '{}' for queue 'jobs.env.create' in vhost '/': "


@pytest.mark.parametrize(
    ("argument", "told", "wanted", "present"),
    [
        (
            "x-dead-letter-exchange",
            "received the value 'jobs.dead' of type 'longstr' but current is none",
            "jobs.dead",
            None,
        ),
        (
            "x-dead-letter-exchange",
            "received none but current is the value 'other' of type 'longstr'",
            None,
            "other",
        ),
        ("x-dead-letter-exchange", "received 'b' but current is 'a'", "b", "a"),
        ("x-max-length", "received none but current is the value '5' of type 'byte'", None, 5),
        ("x-max-length", "received '6' but current is '5'", 6, 5),
        ("x-message-ttl", "received none but current is the value '9' of type 'signedint'", 1, 9),
        ("x-overflow", "received none but current is the value '7' of type 'longstr'", None, "7"),
        ("durable", "received 'true' but current is 'false'", True, False),
        # Cut by the broker at 255 bytes, in the middle of the type.
        ("x-queue-type", "received none but current is the value 'quorum'", None, "quorum"),
    ],
)
def test_the_argument_and_the_value_on_the_broker_are_read(argument, told, wanted, present) -> None:
    assert read_mismatch(START.format(argument) + told, wanted) == (argument, present)


@pytest.mark.parametrize("text", ["", "NOT_FOUND - no queue 'x'", START.format("x") + "received"])
def test_another_text_is_not_taken_for_one(text: str) -> None:
    assert read_mismatch(text, None) is None


def difference(argument: str, wanted: object, present: object, name: str = "jobs.env.create"):
    return Difference("queue", name, name, argument, wanted, present)


@pytest.mark.parametrize(
    ("found", "harmless"),
    [
        (difference("x-dead-letter-exchange", "jobs.dead", None), True),
        (difference("x-dead-letter-exchange", "jobs.dead", "other"), False),
        (difference("x-queue-type", None, "quorum"), True),
        (difference("x-delivery-limit", 1000, 20), True),
        (difference("x-max-length", None, 5), False),
        (difference("x-max-length", None, 5, "jobs.dead"), True),
        (difference("x-message-ttl", None, 60_000), False),
        (difference("x-message-ttl", None, 60_000, "jobs.dead"), False),
        (difference("x-expires", None, 60_000), False),
        (difference("durable", True, False), False),
        (Difference("exchange", "jobs.direct", "jobs.direct", "type", "direct", "topic"), False),
    ],
)
def test_what_costs_a_promise_is_told_from_what_does_not(found: Difference, harmless: bool) -> None:
    assert found.harmless is harmless


def test_the_sentence_names_queue_argument_both_values_and_two_ways_out() -> None:
    found = difference("durable", True, False)
    assert str(found) == (
        "queue 'jobs.env.create': durable is 'false' on the broker, and the contract wants 'true'"
    )
    assert "slipway topology apply" in found.mend
    assert "RABBITMQ_JOBS_QUEUE" in found.mend
