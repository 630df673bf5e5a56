"""What every list of cases has to hold: each rule's verdict, a harmless duplicate for each id."""

from collections.abc import Iterable
from typing import Any

import pytest

from compat.contracts import loud, named
from contractkit.compat.finding import Finding
from contractkit.compat.rule import Severity


def having(cases: list[dict[str, Any]], key: str) -> list[Any]:
    """The cases with a key (`rule` or `duplicate`), named for pytest."""
    return [pytest.param(c, id=named(c, n)) for n, c in enumerate(cases) if key in c]


def assert_verdict(
    case: dict[str, Any], found: list[Finding], severity: str, *, quiet: bool = True
) -> None:
    """Fail unless the case's rule was found as severe as said and, if ok, nothing louder was."""
    of_the_rule = [finding for finding in found if finding.rule.name == case["rule"]]
    assert of_the_rule, f"{case['rule']} was not found"
    assert of_the_rule[0].severity is Severity[severity.upper()]
    if severity == "ok" and quiet:
        assert loud(found) == []


def assert_duplicates(cases: list[dict[str, Any]], numbers: Iterable[str]) -> None:
    """Fail unless the cases have exactly these ids, and each has a duplicate."""
    expected = set(numbers)
    assert {case["id"] for case in cases} == expected
    assert {case["id"] for case in cases if "duplicate" in case} == expected
