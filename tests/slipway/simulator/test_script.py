from __future__ import annotations

import pytest
from pydantic import ValidationError

from slipway.simulator import Do, Script
from slipway.simulator.script import ScriptBook


def taken(book: ScriptBook, *calls: tuple[str, str]) -> list[int | None]:
    scripts = [book.take(method, env) for method, env in calls]
    return [None if script is None else script.result for script in scripts]


def test_a_script_applies_so_many_times_after_so_many():
    book = ScriptBook()
    book.add(Script(do=Do.RESULT, method="m", skip=1, times=2, result=1))
    assert taken(book, *[("m", "e")] * 5) == [None, 1, 1, None, None]


def test_the_oldest_applies_and_the_next_is_not_used_up():
    book = ScriptBook()
    book.add(Script(do=Do.RESULT, result=1), Script(do=Do.RESULT, result=2))
    assert taken(book, *[("m", "e")] * 3) == [1, 2, None]


def test_equal_scripts_count_for_themselves():
    book = ScriptBook()
    book.add(Script(do=Do.RESULT, result=1), Script(do=Do.RESULT, result=1))
    assert taken(book, *[("m", "e")] * 3) == [1, 1, None]


def test_methods_and_names_are_patterns():
    book = ScriptBook()
    book.add(Script(do=Do.RESULT, method="get*", env="a-*", times=None, result=1))
    calls = [("getenvs", "a-1"), ("getenvinfo", "b-1"), ("deleteenv", "a-1"), ("getenvinfo", "a-")]
    assert taken(book, *calls) == [1, None, None, 1]


def test_per_env_counts_each_name_by_itself():
    book = ScriptBook((Script(do=Do.RESULT, per_env=True, times=1, result=1),))
    assert taken(book, ("m", "a"), ("m", "a"), ("m", "b")) == [1, None, 1]


def test_added_scripts_precede_those_that_are_always_there():
    book = ScriptBook((Script(do=Do.RESULT, times=None, result=1),))
    book.add(Script(do=Do.RESULT, result=2))
    assert taken(book, ("m", "a"), ("m", "a")) == [2, 1]
    assert book.waiting() == []


def test_clear_forgets_what_was_added_and_counted():
    book = ScriptBook((Script(do=Do.RESULT, result=1),))
    book.add(Script(do=Do.RESULT, times=None, result=2))
    taken(book, ("m", "a"))
    book.clear()
    assert taken(book, ("m", "a"), ("m", "a")) == [1, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "nothing"},
        {"do": "status"},
        {"do": "result", "times": 0},
        {"do": "http", "status": 200},
        {"do": "result", "unknown": 1},
        {"do": "status", "plan": [{"status": 1, "polls": 1, "seconds": 1}]},
    ],
)
def test_wrong_scripts_are_refused(wrong):
    with pytest.raises(ValidationError):
        Script.model_validate(wrong)
