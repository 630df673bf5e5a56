"""Cursors go round, and what no page gave is refused with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import InvalidRequest
from service.page import LARGEST_ID, decode_cursor, encode_cursor


@given(st.integers(min_value=0, max_value=LARGEST_ID))
def test_a_cursor_leads_back_to_its_id(last_id: int) -> None:
    cursor = encode_cursor(last_id)
    assert 1 <= len(cursor) <= 128
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert decode_cursor(cursor) == last_id


def test_no_cursor_means_from_the_newest() -> None:
    assert decode_cursor(None) == LARGEST_ID + 1
    assert decode_cursor("MTI") == 12


@pytest.mark.parametrize(
    "forged",
    ["x", "MTI=", "LTE", "4pSA", "MDEy", "a" * 128, "MTIu", "w7I", encode_cursor(LARGEST_ID + 1)],
)
def test_a_forged_cursor_is_refused_with_its_place(forged: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        decode_cursor(forged)
    assert refusal.value.field_errors[0].pointer == "/query/cursor"
