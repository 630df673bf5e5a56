import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.events.position import EventId, new_epoch

CONTRACT = re.compile(r"^[A-Za-z0-9_-]{1,64}\.(0|[1-9][0-9]{0,18})$")


@pytest.mark.parametrize("text", ["q3JvT0aX.118", "a.0", "-_.9223372036854775807", "x" * 64 + ".1"])
def test_an_event_id_is_read_and_written_alike(text):
    parsed = EventId.parse(text)
    assert parsed is not None
    assert str(parsed) == text


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "a", "a.", ".1", "a.01", "a.-1", "a.+1", "a.1.2", "a b.1", "a.1 ", " a.1", "a.1\n",
        "a.1\x00", "é.1", "a.\u0661", "a.9223372036854775808", "x" * 65 + ".1", "118", "a.1e3", "a,1",
    ],
)  # fmt: skip
def test_any_other_shape_is_no_position(text):
    assert EventId.parse(text) is None


@given(st.text(max_size=140))
def test_what_is_parsed_fits_the_contract_and_the_128_bytes_of_a_browser(text):
    parsed = EventId.parse(text)
    if parsed is not None:
        assert CONTRACT.match(text)
        assert str(parsed) == text
        assert len(text.encode()) <= 128


def test_epochs_are_of_the_contracts_shape_and_never_alike():
    epochs = {new_epoch() for _ in range(1000)}
    assert len(epochs) == 1000
    assert all(EventId.parse(f"{epoch}.1") for epoch in epochs)
