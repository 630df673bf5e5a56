"""Headers matching and the refusals of exchanges; routing on the wire is in the conformance list."""

import pytest

from slipway.amqp.errors import ChannelError, FatalError
from slipway.amqp.exchange import Binding, Exchange, matches


@pytest.mark.parametrize(
    ("arguments", "headers", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"x-match": "any", "a": 1, "b": 2}, {"a": 1}, True),
        ({"x-match": "any", "a": 1}, {"a": 2}, False),
        ({"x-match": "any"}, {"a": 2}, False),
        ({"x-match": "all"}, {}, True),
        ({"a": None}, {"a": "whatever"}, True),
        ({"a": None}, {}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"x-a": 1}, {}, True),
        ({"x-match": "all-with-x", "x-a": 1}, {}, False),
        ({"x-match": "all-with-x", "x-a": 1}, {"x-a": 1}, True),
        ({"x-match": "any-with-x", "x-a": 1, "b": 2}, {"x-a": 1}, True),
        ({"x-match": "any", "x-a": 1, "b": 2}, {"x-a": 1}, False),
    ],
)
def test_headers_match(arguments, headers, expected):
    assert matches(arguments, headers) is expected


def test_an_unknown_x_match_is_refused_and_not_kept():
    exchange = Exchange("e", "headers")
    binding = Binding(exchange, exchange, False, "", {"x-match": "most"}, b"")
    with pytest.raises(ChannelError, match="x-match"):
        exchange.add(binding)
    assert not exchange.outbound


def test_an_unknown_type_and_a_senseless_alternate_are_refused():
    with pytest.raises(FatalError) as refused:
        Exchange("e", "x-delayed-message")
    assert refused.value.code == 503
    with pytest.raises(ChannelError, match="alternate-exchange"):
        Exchange("e", "direct", arguments={"alternate-exchange": 5})
