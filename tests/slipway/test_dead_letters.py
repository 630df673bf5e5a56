from types import SimpleNamespace

import pytest
import typer

from slipway.dead_letter_commands import _choice
from slipway.dead_letters import Choice, describe


def message(headers, body=b"{}", content_type="application/json"):
    return SimpleNamespace(headers=headers, body=body, content_type=content_type)


def test_a_failed_contract_tells_rule_place_and_origin():
    letter = describe(
        "jobs.dead",
        1,
        message(
            {
                "x-contract-error": '{"rule":"required","pointer":"/payload/job_id","detail":"missing"}',
                "x-contract-version": "1.0.0",
                "x-original-exchange": "jobs.direct",
                "x-original-routing-key": "jobs.env.create",
            }
        ),
    )
    assert (letter.rule, letter.pointer, letter.detail) == (
        "required",
        "/payload/job_id",
        "missing",
    )
    assert (letter.exchange, letter.routing_key) == ("jobs.direct", "jobs.env.create")


def test_what_the_broker_dead_lettered_tells_its_first_death():
    letter = describe(
        "jobs.dead",
        2,
        message(
            {
                "x-death": [
                    {"exchange": "jobs.dead", "routing-keys": ["second"], "reason": "expired"},
                    {
                        "exchange": "jobs.direct",
                        "routing-keys": ["jobs.env.create"],
                        "reason": "rejected",
                    },
                ]
            }
        ),
    )
    assert letter.rule == "rejected"
    assert (letter.exchange, letter.routing_key) == ("jobs.direct", "jobs.env.create")


@pytest.mark.parametrize("told", ["no json", "[1]", 7])
def test_a_reason_of_another_shape_is_shown_as_it_is(told):
    assert describe("events.dead", 1, message({"x-contract-error": told})).detail == str(told)


def test_a_body_that_is_no_text_is_shown_escaped():
    letter = describe("events.dead", 1, message({}, body=b"\xff{"))
    assert letter.summary()["body"] == "\\xff{"


def letter(number, rule):
    told = message({"x-contract-error": f'{{"rule":"{rule}","pointer":"","detail":""}}'})
    return describe("jobs.dead", number, told)


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (Choice(), [1, 2, 3]),
        (Choice([1, 3]), [1, 3]),
        (Choice(rule="enum"), [2, 3]),
        (Choice(rule="other"), []),
    ],
)
def test_letters_are_chosen_by_number_by_rule_or_all(choice, numbers):
    letters = [letter(1, "missing"), letter(2, "enum"), letter(3, "enum")]
    assert [each.number for each in letters if choice.has(each)] == numbers


@pytest.mark.parametrize(
    ("numbers", "reason", "every"),
    [(None, None, False), ([1], None, True), ([1], "enum", False), (None, "enum", True)],
)
def test_which_letters_are_meant_is_said_in_one_way(numbers, reason, every):
    with pytest.raises(typer.BadParameter, match="--reason"):
        _choice(numbers, reason, every=every)
