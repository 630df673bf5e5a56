"""The regression guard: which figures it reads, and what it calls worse."""

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.check import __main__ as check
from benchmarks.check import forms
from benchmarks.check.report import changes, worse
from benchmarks.figures import Figure


def test_the_pipeline_s_figures_are_those_of_each_stack():
    written = {"rounds": {"slipway": [{"order_cpu": 1.0, "open_rate": 9.0}, {"order_cpu": 3.0}]}}
    assert forms.pipeline("", written) == {"slipway: order_cpu": 2.0}


def test_the_gateway_s_figures_are_those_of_each_case_and_server():
    sample = {"case": "teams", "server": "gateway", "values": {"cpu_us": 5.0, "max_ms": 7.0}}
    assert forms.fanout("", {"samples": [sample]}) == {"teams, gateway: cpu_us": 5.0}


def test_tables_are_read_as_they_are_printed():
    row = Figure("60 orders", "all completed after, s", 1021.5, 25.0).row
    printed = f"| case | figure | measured | goal |\n|---|---|---|---|\n{row}\n"
    assert forms.waiting(printed, None) == {"60 orders: all completed after, s": 1021.5}
    printed = (
        "load 1.0\n\n### PostgreSQL\n\n| statement | 1% | |\n|---|---|---|\n| order | 0.31 |  |\n"
    )
    assert forms.depth(printed, None) == {"order: ms": 0.31}


def test_above_one_is_better_for_rates_and_for_costs():
    then = [{"a: orders_per_second": 100.0, "a: order_cpu": 2.0}]
    now = [{"a: orders_per_second": 200.0, "a: order_cpu": 1.0}]
    assert [change.ratios for change in changes(then, now)] == [[2.0], [2.0]]
    assert [change.ratios for change in changes(now, then)] == [[0.5], [0.5]]


def test_only_what_every_round_agrees_on_is_worse():
    then = [{"a: cost": 1.0}, {"a: cost": 1.0}]
    assert worse({"x": changes(then, [{"a: cost": 1.2}, {"a: cost": 1.2}])}) == ["x: a: cost"]
    assert worse({"x": changes(then, [{"a: cost": 1.2}, {"a: cost": 1.05}])}) == []
    assert worse({"x": changes(then, [{"a: cost": 0.5}, {"a: cost": 0.5}])}) == []


def test_a_difference_below_the_noise_is_none():
    then, now = [{"a: ms": 0.1}], [{"a: ms": 0.4}]
    assert worse({"x": changes(then, now, noise=0.5)}) == []
    assert worse({"x": changes(then, now, noise=0.2)}) == ["x: a: ms"]


def test_what_one_side_lacks_is_not_compared():
    assert changes([{"a: old": 1.0, "a: both": 1.0}], [{"a: new": 1.0, "a: both": 1.0}])[
        0
    ].figure == ("a: both")


@pytest.mark.parametrize(("cost", "code"), [(1.0, 0), (2.0, 1)])
def test_revisions_take_turns(monkeypatch, cost, code):
    turns = []

    def measure(form, checkout):
        turns.append(checkout.name)
        return {"a: cost": cost if checkout.name == "now" else 1.0}

    monkeypatch.setattr(check, "measure", measure)
    console = Console(quiet=True)
    assert check.compare(console, forms.FORMS[:1], Path("then"), Path("now"), 2) == code
    assert turns == ["then", "now"] * 2


def test_a_benchmark_that_fails_is_left_out_and_is_no_success(monkeypatch):
    def measure(form, checkout):
        raise check.NotMeasuredError("ended")

    monkeypatch.setattr(check, "measure", measure)
    console = Console(quiet=True)
    assert check.compare(console, forms.FORMS[:1], Path("then"), Path("now"), 2) == 1
