"""G09 and its relatives: changes of the question that must change the answer in a known way."""

from typing import Any

import pytest

from compat.contracts import cases, contract, findings, loud, named, patched
from compat.test_messaging_rules import side
from compat.test_schema_rules import root, run
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.rules import RULES
from contractkit.compat.schema.witness import WitnessFinder

SCHEMAS = cases("schema")
LOPSIDED = {"S19", "S21", "S24", "S26", "S27"}
"""Rules whose rows in the table are not mirror images: a warning on one side, a break or nothing on the other."""
ONE_SIDED = {
    "enum-value-added-extensible",
    "branch-added-extensible",
    "discriminator-alias-added",
    "discriminator-extended",
    "discriminator-value-added",
    "discriminator-value-removed",
}
"""Rules that a promise softens in one direction; a parent does not list its children.

A name that a discriminator no longer knows breaks both roles (S25), another one only readers."""
UNDIRECTED = {"component-moved", "documentation-changed", "default-changed"}
"""Words and names, which have no direction."""


def swapped(case: dict[str, Any]) -> dict[str, Any]:
    reverse = {**case, "old": case["new"], "new": case["old"]}
    if "old_defs" in case:
        reverse |= {"old_defs": case["new_defs"], "new_defs": case["old_defs"]}
    return reverse


def breaks(case: dict[str, Any], role: str) -> bool:
    return any(f.severity is Severity.BREAKING for f in run(case, role))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=named(c, n))
        for n, c in enumerate(SCHEMAS)
        if c["id"] not in LOPSIDED and c.get("rule") not in ONE_SIDED
    ],
)
def test_swapping_old_and_new_swaps_the_roles(case: dict[str, Any]) -> None:
    reverse = swapped(case)
    assert breaks(case, "in") == breaks(reverse, "out")
    assert breaks(case, "out") == breaks(reverse, "in")


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=named(c, n)) for n, c in enumerate(SCHEMAS) if "rule" in c]
)
def test_a_change_deeper_down_gets_the_same_verdict(case: dict[str, Any]) -> None:
    """The same change inside an array of objects, behind a component, is the same finding."""
    plain = {(f.rule.name, f.severity) for f in run(case, "in")}
    deep = dict(case)
    for side_name in ("old", "new"):
        defs = dict(case.get(f"{side_name}_defs", case.get("defs", {})))
        defs["Inner"] = case[side_name]
        deep[f"{side_name}_defs"] = defs
        inner = {"$ref": "#/components/schemas/Inner"}
        deep[side_name] = {"type": "array", "items": {"type": "object", "properties": {"p": inner}}}
    nested = {(f.rule.name, f.severity) for f in run(deep, "in")}
    assert plain <= nested


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=named(c, n))
        for n, c in enumerate(SCHEMAS)
        if c.get("rule", "documentation-changed") not in UNDIRECTED
        and "directed" not in c
        and not ("not" in c["old"] and "not" in c["new"])
    ],
)
def test_inverting_twice_changes_nothing(case: dict[str, Any]) -> None:
    """Inside `not` a change breaks the other way round; inside two of them the right way again."""
    old, new = root(case, "old", "in"), root(case, "new", "in")
    name = case["rule"]
    for depth, role in ((0, Role.IN), (1, Role.OUT), (2, Role.IN)):
        left, right = dict(case), dict(case)
        for target, key in ((left, "old"), (right, "new")):
            target["wrapped"] = case[key]
            for _ in range(depth):
                target["wrapped"] = {"not": target["wrapped"]}
        wrapped = {**case, "old": left["wrapped"], "new": right["wrapped"]}
        found = [f for f in run(wrapped, "in") if f.rule.name == name]
        assert found
        assert dict(found[0].verdicts)[Role.IN] is RULES[name].verdict(role)
    assert old.place == new.place


def test_renaming_a_component_is_a_warning_about_names_only() -> None:
    def using(name: str) -> Any:
        schema = {"$ref": f"#/components/schemas/{name}"}
        body = {"content": {"application/json": {"schema": schema}}}
        post = {"operationId": "a", "requestBody": body, "responses": {"200": {"description": "a"}}}
        return contract(
            {
                "openapi": "3.2.0",
                "info": {"title": "t", "version": "1.0.0"},
                "paths": {"/a": {"post": post}},
                "components": {"schemas": {name: {"type": "object", "maxProperties": 4}}},
            }
        )

    found = findings(using("Before"), using("After"))
    assert [(f.rule.id, f.category.value, f.severity.label) for f in found] == [
        ("S30", "SOURCE", "warning")
    ]


@pytest.mark.parametrize("action", ["receive", "send"])
def test_moving_between_trait_and_inline_is_nothing(action: str) -> None:
    headers = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    correlation = {"location": "$message.header#/id"}
    binding = {"amqp": {"contentEncoding": "gzip"}}
    parts = {
        "headers": headers,
        "correlationId": correlation,
        "bindings": binding,
        "contentType": "application/json",
    }
    inline = side({"message": parts}, action)
    in_trait = side({"message": {"traits": [parts]}}, action)
    split = {key: parts[key] for key in ("headers", "bindings")}
    rest = {key: parts[key] for key in ("correlationId", "contentType")}
    mixed = side({"message": {**rest, "traits": [split]}}, action)
    for old in (inline, in_trait, mixed):
        for new in (inline, in_trait, mixed):
            assert loud(findings(old, new)) == []


def test_moving_between_allof_and_inline_is_nothing() -> None:
    flat = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
    }
    base = {"type": "object", "properties": {"a": {"type": "string"}}}
    split = {"allOf": [base, {"required": ["a"], "properties": {"b": {"type": "integer"}}}]}
    behind = {"allOf": [{"$ref": "#/components/schemas/Base"}, split["allOf"][1]]}
    for old in (flat, split, behind):
        for new in (flat, split, behind):
            for role in ("in", "out"):
                case = {"old": old, "new": new, "defs": {"Base": base}}
                found = [f for f in loud(run(case, role)) if f.rule.id != "S30"]
                assert found == []


def test_a_change_and_its_reverse_end_where_they_began() -> None:
    """Composed changes: OLD to NEW breaks, NEW back to OLD breaks the other role, OLD to OLD nothing."""
    old = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 5}}}
    new = patched(old, {"properties": {"a": {"maxLength": 9}}})
    assert breaks({"old": old, "new": new}, "out")
    assert breaks({"old": new, "new": old}, "in")
    assert run({"old": old, "new": old}, "in") == []


def test_a_recursive_schema_ends_and_is_reported_once() -> None:
    case = next(c for c in SCHEMAS if c["id"] == "S32" and "rule" in c)
    found = [f for f in run(case, "in") if f.rule.name == "upper-bound-lowered"]
    assert len(found) == 1
    walked = list(Comparison().walk(root(case, "old", "in"), root(case, "new", "in")))
    assert len(walked) == 1


def test_a_budget_of_nothing_proves_nothing() -> None:
    case = next(c for c in SCHEMAS if c.get("rule") == "enum-value-removed")
    roots = root(case, "old", "in"), root(case, "new", "in")
    assert WitnessFinder(0).find(Role.IN, roots, ()) is None
    assert WitnessFinder().find(Role.IN, roots, ()) is not None
