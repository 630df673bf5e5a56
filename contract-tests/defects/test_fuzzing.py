"""The fuzzing of messages is shown lost dead letters, and consumers that forgot a keyword."""

import copy

import pytest

from fuzzing.dead_letters import collect, read
from fuzzing.inline import inline
from fuzzing.mutations import cases


class Silent:
    """A dead-letter queue to which nothing more comes."""

    def __init__(self, messages):
        self._messages = iter(messages)

    async def get_queue(self, name):
        return self

    def iterator(self, timeout):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return next(self._messages)
        except StopIteration:
            raise StopAsyncIteration from None


class Dead:
    message_id, body = "m-1", b"{}"

    def __init__(self, headers):
        self.headers = headers

    async def ack(self):
        return None


async def test_a_lost_dead_letter():
    with pytest.raises(TimeoutError, match="m-2"):
        await collect(Silent([Dead({})]), "events.dead", {"m-1", "m-2"})


def test_a_dead_letter_without_its_reason():
    letter = read(Dead({"x-death": []}))
    assert letter.rule.startswith("none")
    assert letter.version == ""


def test_every_keyword_of_the_contract_has_a_violation(contract):
    for operation in contract.messaging.operations:
        for message in operation.messages:
            assert not cases(inline(contract.documents, message.payload)).unbroken


def test_a_keyword_that_nothing_breaks():
    schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 0}},
              "contains": {"type": "null"}}  # fmt: skip
    assert cases(schema).unbroken == {"contains at /", "minLength at /a"}


@pytest.mark.parametrize("keyword", ["pattern", "maxLength", "minLength"])
def test_a_consumer_that_forgot_a_keyword_is_sent_what_shows_it(contract, keyword):
    """Without the keyword it would take a message that the fuzzing expects to be put aside."""
    (operation,) = (
        one for one in contract.messaging.operations if one.operation_id == "receiveCreateEnvironment"
    )  # fmt: skip
    schema = inline(contract.documents, operation.messages[0].payload)
    forgot = copy.deepcopy(schema)
    del forgot["properties"]["region"][keyword]
    assert any(case.keyword == keyword for case in cases(schema).invalid)
    assert keyword not in {
        case.keyword for case in cases(forgot).invalid if case.pointer == "/region"
    }
