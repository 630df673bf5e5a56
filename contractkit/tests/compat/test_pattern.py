"""Inclusion of patterns is proven or not said; strings made for a pattern match it."""

import re

import pytest

from contractkit.compat.schema.pattern import includes, matching, parse


@pytest.mark.parametrize(
    ("wide", "narrow", "proven"),
    [
        ("^[a-z]+$", "^[a-f]+$", True),
        ("^[a-z]+$", "^[a-z]{1,8}$", True),
        ("^[a-z]{1,8}$", "^[a-z]+$", None),
        ("^[a-z0-9]*$", "^[a-z][a-z0-9]{0,3}$", True),
        ("^(a|b|c)$", "^(a|b)$", True),
        ("^(a|b)$", "^(a|b|c)$", None),
        ("^v[0-9]+$", "^w[0-9]+$", None),
        ("[a-z]", "[a-f]", None),
        ("^a$", "^a$", True),
        ("(?=x)", "^x$", None),
        ("^\\d+$", "^[0-9]{2}$", True),
        ("^[^0-9]+$", "^[a-z]+$", True),
        ("^[a-zA-Z!-/]+$", "^[^0-9]+$", None),
        ("^[ -~]+$", "^[^0-9]+$", None),
        ("^[ -~]*$", "^.*$", None),
        ("^.*$", "^[^x]*$", None),
    ],
)
def test_inclusion(wide: str, narrow: str, proven: bool | None) -> None:
    assert includes(wide, narrow) is proven


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+$",
        "^[A-Za-z0-9_-]{1,64}\\.(0|[1-9][0-9]{0,18})$",
        "^[a-z][a-z0-9-]{1,30}[a-z0-9]$",
        "^v\\d+\\.\\d+$",
        "[0-9]{4}-[0-9]{2}",
        "^(?:red|green)?$",
        "^[^/]+$",
        "a|b",
    ],
)
def test_strings_match(pattern: str) -> None:
    found = matching(pattern)
    assert found
    assert all(re.search(pattern, text) for text in found)


def test_strings_keep_to_the_length() -> None:
    found = matching("^[a-z]+$", 5, 9)
    assert {len(text) for text in found} >= {5, 9}
    assert all(5 <= len(text) <= 9 for text in found)


@pytest.mark.parametrize("pattern", ["(?<a>x)", "a+?", "\\bx", "(", "[a", "x{2,1}{"])
def test_what_is_too_rich_is_left_alone(pattern: str) -> None:
    assert parse(pattern) is None
    assert matching(pattern) == []


@pytest.mark.parametrize("pattern", ["^[a-z]+$", "^[a-f0-9]{2,4}$", "^(a|bc)$"])
def test_a_proof_is_never_wrong(pattern: str) -> None:
    """Every string made for the narrow pattern matches the wide one, where inclusion is claimed."""
    for wide in ("^[a-z]+$", "^[a-z0-9]+$", "^[a-f0-9]{1,5}$", "^(a|bc|d)$", "^.*$"):
        if includes(wide, pattern):
            assert all(re.search(wide, text) for text in matching(pattern, limit=40))
