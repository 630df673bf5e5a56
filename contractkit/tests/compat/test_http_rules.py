"""Every H rule with its harmless duplicate."""

from typing import Any

import pytest

from compat.contracts import cases, contract, findings, loud, patched
from compat.verdicts import assert_duplicates, assert_verdict, having
from contractkit.compat.finding import Finding
from contractkit.compat.http.rules import RULES
from contractkit.compat.rule import Severity
from contractkit.model.contract import Contract

ALL = cases("http")
PATH = "/things/{thing_id}"
BASE = {
    "openapi": "3.2.0",
    "info": {"title": "t", "version": "1.0.0"},
    "paths": {PATH: {"post": {"operationId": "use", "responses": {"200": {"description": "a"}}}}},
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "cookie", "name": "key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
    },
}


def side(patch: dict[str, Any]) -> Contract:
    document = patched(BASE, {"paths": {PATH: {"post": patch.get("op", {})}}})
    if "move" in patch:
        document["paths"] = {patch["move"]: document["paths"][PATH]}
    return contract(patched(document, patch.get("doc", {})))


def run(case: dict[str, Any]) -> list[Finding]:
    return findings(
        side(case["old"]), side(case["new"]), version_policy=case.get("versions", False)
    )


@pytest.mark.parametrize("case", having(ALL, "rule"))
def test_a_rule_gives_its_verdict(case: dict[str, Any]) -> None:
    assert_verdict(case, run(case), case["severity"])


@pytest.mark.parametrize("case", having(ALL, "duplicate"))
def test_the_duplicate_is_harmless(case: dict[str, Any]) -> None:
    assert loud(run(case)) == []


def test_every_http_rule_has_a_case() -> None:
    assert set(RULES) <= {case.get("rule") for case in ALL}


def test_every_http_id_has_a_duplicate() -> None:
    numbers = {f"H{number:02}" for number in range(1, 18)}
    assert_duplicates(ALL, numbers)


def test_who_sends_all_that_one_alternative_needs_is_let_in() -> None:
    def secured(*ways: Any) -> Contract:
        return side({"op": {"security": [{name: [] for name in way} for way in ways]}})

    both, either, bearer = (
        secured(("key", "bearer")),
        secured(("key",), ("bearer",)),
        secured(("bearer",)),
    )
    for new in (either, bearer):
        assert all(f.severity < Severity.BREAKING for f in findings(both, new))
    assert any(f.severity is Severity.BREAKING for f in findings(either, both))
    assert any(f.severity is Severity.BREAKING for f in findings(either, bearer))
