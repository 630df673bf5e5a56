"""Inclusion of patterns is proven or not said; strings made for a pattern match it."""

import random
import re

import pytest

from contractkit.compat.inclusion.answer import EMPTY, Found
from contractkit.compat.inclusion.regex import automaton
from contractkit.compat.inclusion.strings import Constraints, find
from contractkit.compat.schema.pattern import includes, matching


@pytest.mark.parametrize(
    ("wide", "narrow", "proven"),
    [
        ("^[a-z]+$", "^[a-f]+$", True),
        ("^[a-z]+$", "^[a-z]{1,8}$", True),
        ("^[a-z]{1,8}$", "^[a-z]+$", False),
        ("^[a-z0-9]*$", "^[a-z][a-z0-9]{0,3}$", True),
        ("^(a|b|c)$", "^(a|b)$", True),
        ("^(a|b)$", "^(a|b|c)$", False),
        ("^v[0-9]+$", "^w[0-9]+$", False),
        ("[a-z]", "[a-f]", True),
        ("[a-f]", "[a-z]", False),
        ("^[a-z][a-z0-9-]*$", "^[a-z][a-z0-9-]*[a-z0-9]$", True),
        ("^[a-z][a-z0-9-]*[a-z0-9]$", "^[a-z][a-z0-9-]*$", False),
        ("^.{1,3}$", "^.{1,4}$", False),
        ("^(ab)*$", "^(abab)*$", True),
        ("^(abab)*$", "^(ab)*$", False),
        ("a|^b", "^[ab]$", True),
        ("^a|b$", "^a.*b$", True),
        ("^(?:x|y)+?$", "^xyx$", True),
        ("^a", "^(?<name>ab)", True),
        ("^[\\w.]+$", "^[a-z.]+$", True),
        ("^[^\\s]+$", "^\\S$", True),
        ("^\\x41$", "^\\u0041$", True),
        ("^a$", "^a$", True),
        ("(?=x)", "^x$", None),
        ("^\\d+$", "^[0-9]{2}$", True),
        ("^[^0-9]+$", "^[a-z]+$", True),
        ("^[a-zA-Z!-/]+$", "^[^0-9]+$", False),
        ("^[ -~]+$", "^[^0-9]+$", False),
        ("^[ -~]*$", "^.*$", False),
        ("^.*$", "^[^x]*$", False),
        ("^[a-z]{0,40000}$", "^[a-z]+$", None),
        ("^\\p{Nd}+$", "^[\\p{Decimal_Number}]{2}$", True),
        ("^\\p{Nd}+$", "^\\d+$", True),
        ("^\\d+$", "^\\p{Nd}+$", False),
        ("^\\p{L}+$", "^[\\p{LC}\\p{Lm}\\p{gc=Other_Letter}]+$", True),
        ("^[^\\p{L}0]$", "^\\P{L}$", False),
        ("^\\P{L}$", "^[^\\p{L}0]$", True),
        ("^[\\s\\S]$", "^[\\P{Lu}\\p{Lu}]$", True),
        ("^[^]$", "^[\\s\\S]$", True),
        ("^[^]$", "^[\\s\\S]*$", False),
        ("^a$", "[]", True),
        ("^a$", "^b[]?$", False),
        ("^\\cj$", "^\\n$", True),
        ("^[\\cA-\\cZ]$", "^[\\x01-\\x1a]$", True),
        ("^\\u{1F600}$", "^\\ud83d\\ude00$", True),
        ("^[\\u{61}-\\u{63}]$", "^b$", True),
        ("^(?<$a>x)$", "^(?<_b>x)$", True),
        ("^\\x6", "^\\u61$", None),
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


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=x)",
        "(?<=a)x",
        "(?<!a)x",
        "(?<a>x)\\k<a>",
        "\\u{}",
        "\\u{110000}",
        "\\01",
        "\\c1",
        "(?!x)x",
        "(a)\\1",
        "\\bx",
        "\\p{Script=Greek}",
        "(",
        "[a",
        "x{2,1}",
        "a**",
    ],
)
def test_what_is_too_rich_is_left_alone(pattern: str) -> None:
    assert automaton(pattern) is None
    assert includes("^a$", pattern) is not True
    assert includes(pattern, "^a$") is not True


ATOMS = ("a", "b", "ab", "[a-c]", "[^a]", ".", "\\d", "\\w", "(?:a|bc)", "(b|)", "-", "\\.")
QUANTIFIERS = ("", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}")


def ecma(pattern: str, text: str) -> bool:
    """Search as ECMA-262 does, where `$` is the very end, `.` no line end, and classes are ASCII."""
    pattern = re.sub(r"(?<!\\)\.", "[^\n\r\u2028\u2029]", pattern.replace("$", r"\Z"))
    return re.search(pattern, text, re.ASCII) is not None


def drawn(source: random.Random) -> str:
    parts = [source.choice(ATOMS) + source.choice(QUANTIFIERS) for _ in range(source.randint(1, 3))]
    begin, end = source.choice(("^", "^", "")), source.choice(("$", "$", ""))
    return begin + "".join(parts) + end


@pytest.mark.parametrize("seed", range(6))
def test_no_inclusion_is_claimed_that_a_string_refutes(seed: int) -> None:
    """Random pairs of patterns against random strings; a refusal shows its string."""
    source = random.Random(seed)  # noqa: S311 (a fixed sequence, no secret)
    texts = ["".join(source.choices("abc-.19 ", k=source.randint(0, 6))) for _ in range(300)]
    for _ in range(60):
        wide, narrow = drawn(source), drawn(source)
        answer = find(Constraints(patterns=[narrow], not_patterns=[wide]))
        samples = [*texts, *matching(narrow, 0, 9)]
        refuting = [t for t in samples if ecma(narrow, t) and not ecma(wide, t)]
        if answer is EMPTY:
            assert refuting == [], (wide, narrow)
        elif isinstance(answer, Found):
            assert ecma(narrow, answer.value)
            assert not ecma(wide, answer.value)


def test_the_search_is_bounded() -> None:
    """A product with exponentially many states ends as unknown."""
    wide, narrow = "^(a|b)*a(a|b){12}$", "^(a|b)*b(a|b){12}a?$"
    assert includes(wide, narrow) in (None, False)
    assert find(Constraints(patterns=["^(a|b)*a(a|b){12}$"], not_patterns=["a", "^b*$"])) is EMPTY


def test_lengths_bound_the_search() -> None:
    assert find(Constraints(most=3, patterns=["^(ab)+$"], not_patterns=["^ab$"])) is EMPTY
    assert find(Constraints(most=4, patterns=["^(ab)+$"], not_patterns=["^ab$"])) == Found("abab")
    assert find(Constraints(least=5, patterns=["^(ab)+$"])) == Found("ababab")
