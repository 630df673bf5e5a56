"""Topic patterns, compared with a plain recursive reading of the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.amqp.topic import TopicTrie

WORDS = st.lists(st.sampled_from(["a", "b", "", "*", "#"]), max_size=6)


def reference(pattern: list[str], key: list[str]) -> bool:
    if not pattern:
        return not key
    if pattern[0] == "#":
        return any(reference(pattern[1:], key[n:]) for n in range(len(key) + 1))
    return bool(key) and pattern[0] in {"*", key[0]} and reference(pattern[1:], key[1:])


@given(st.lists(WORDS, max_size=8), WORDS)
def test_matches_as_the_standard_reads(patterns, key):
    trie = TopicTrie[int]()
    for number, pattern in enumerate(patterns):
        trie.add(".".join(pattern), number)
    text = ".".join(key)
    split = text.split(".") if text else []
    expected = {
        number
        for number, pattern in enumerate(patterns)
        if reference(".".join(pattern).split(".") if ".".join(pattern) else [], split)
    }
    found = trie.match(text)
    assert set(found) == expected
    assert len(found) == len(expected), "each once"


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_what_is_removed_leaves_nothing_behind(patterns):
    trie = TopicTrie[int]()
    for number, pattern in enumerate(patterns):
        trie.add(".".join(pattern), number)
    for number, pattern in enumerate(patterns):
        trie.remove(".".join(pattern), number)
    assert not trie._root.children
    assert not trie._root.values


def test_many_wildcards_do_not_explode():
    trie = TopicTrie[str]()
    trie.add(".".join(["#", "*"] * 12), "many")
    assert trie.match(".".join("a" * 40)) == ["many"]
    assert trie.match("a") == []


def test_removing_one_of_two_equal_patterns_keeps_the_other():
    trie = TopicTrie[str]()
    trie.add("a.#", "first")
    trie.add("a.#", "second")
    trie.remove("a.#", "first")
    assert trie.match("a.b") == ["second"]
    with pytest.raises(ValueError, match="not in list"):
        trie.remove("a.#", "first")
