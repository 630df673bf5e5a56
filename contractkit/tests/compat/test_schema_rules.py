"""Every S rule in both roles, with its harmless duplicate; each verdict is held against a validator."""

from typing import Any

import pytest

from compat.contracts import (
    cases,
    contract,
    findings,
    http_document,
    loud,
    messaging_document,
    named,
)
from compat.verdicts import assert_duplicates
from contractkit.compat.finding import Finding
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.rules import RULES
from contractkit.compat.schema.witness import WitnessFinder
from contractkit.documents import Node
from contractkit.model.schema import of

ALL = cases("schema")
RULED = [(case, role) for case in ALL if "rule" in case for role in ("in", "out")]
SOUND = [(case, role) for case, role in RULED if role not in case.get("unsound", ())]
"""Without those that the rule table calls harmless although a payload exists."""

DUPLICATES = [(case, role) for case in ALL if "duplicate" in case for role in ("in", "out")]
BUILDERS = {"http": http_document, "messaging": messaging_document}


def ids(pairs: list[tuple[dict[str, Any], str]]) -> list[str]:
    return [f"{named(case, number)}-{role}" for number, (case, role) in enumerate(pairs)]


def run(case: dict[str, Any], role: str, kind: str = "http") -> list[Finding]:
    build, key = BUILDERS[kind], "openapi" if kind == "http" else "asyncapi"
    sides = []
    for side in ("old", "new"):
        defs = case.get(f"{side}_defs", case.get("defs"))
        sides.append(contract(**{key: build(case[side], role, defs)}))
    return findings(*sides, strict=case.get("strict", False))


def root(case: dict[str, Any], side: str, role: str) -> Node:
    defs = case.get(f"{side}_defs", case.get("defs"))
    made = contract(http_document(case[side], role, defs))
    assert made.http is not None
    operation = made.http.operations[0]
    media = operation.request_body.content[0] if role == "in" else operation.responses[0].content[0]
    assert media.schema is not None
    return of(made.documents, media.schema)


@pytest.mark.parametrize(("case", "role"), RULED, ids=ids(RULED))
def test_a_rule_gives_its_verdict_with_a_proof(case: dict[str, Any], role: str) -> None:
    found = [f for f in run(case, role) if f.rule.name == case["rule"]]
    assert found, f"{case['rule']} was not found"
    finding = found[0]
    expected = Severity[case[role].upper()]
    assert finding.severity is expected
    assert dict(finding.verdicts)[Role[role.upper()]] is expected
    assert finding.operations == ("useThing",)
    if expected is Severity.BREAKING:
        proven = role not in case.get("unproven", ())
        assert (finding.witness is not None) is proven
        assert finding.unproven is not proven
    else:
        assert finding.witness is None


@pytest.mark.parametrize(("case", "role"), SOUND, ids=ids(SOUND))
def test_what_is_called_harmless_has_no_witness(case: dict[str, Any], role: str) -> None:
    """The search that proves breaks must fail where the whole comparison says ok."""
    if any(f.severity > Severity.OK for f in run(case, role)):
        return
    roots = root(case, "old", role), root(case, "new", role)
    witness = WitnessFinder(400).find(Role[role.upper()], roots, ())
    assert witness is None


@pytest.mark.parametrize(("case", "role"), RULED, ids=ids(RULED))
def test_messages_are_judged_like_bodies(case: dict[str, Any], role: str) -> None:
    over_http = {(f.rule.name, f.severity, f.message) for f in run(case, role)}
    over_amqp = {(f.rule.name, f.severity, f.message) for f in run(case, role, "messaging")}
    assert over_http <= over_amqp


@pytest.mark.parametrize(("case", "role"), DUPLICATES, ids=ids(DUPLICATES))
def test_the_duplicate_is_harmless(case: dict[str, Any], role: str) -> None:
    assert loud(run(case, role)) == []


def test_every_schema_rule_has_a_case() -> None:
    assert {case["rule"] for case in ALL if "rule" in case} == set(RULES) - {"values-refused"}


def test_every_schema_id_has_a_duplicate() -> None:
    numbers = {f"S{number:02}" for number in range(1, 33)}
    assert_duplicates(ALL, numbers)
