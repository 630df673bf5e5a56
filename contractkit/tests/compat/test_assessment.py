"""Verdict and explanation: inclusion decides, rules explain, and what neither can tell is left to the rules."""

import json
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from compat.contracts import contract, findings, http_document
from contractkit.compat.finding import Finding
from contractkit.compat.inclusion.decision import Inclusion, Verdict
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.self_contained import RANGES_READ
from contractkit.documents import Node
from contractkit.model.schema import of

STRING = {"type": "string"}


def judged(old: Any, new: Any, role: str, defs: Any = None, new_defs: Any = None) -> list[Finding]:
    before = contract(http_document(old, role, defs))
    after = contract(http_document(new, role, new_defs or defs))
    return findings(before, after)


def breaks(*pair: Any, **more: Any) -> list[str]:
    return [f.rule.name for f in judged(*pair, **more) if f.severity is Severity.BREAKING]


def root(schema: Any, defs: Any = None) -> Node:
    made = contract(http_document(schema, "in", defs))
    assert made.http is not None
    body = made.http.operations[0].request_body
    assert body is not None
    assert body.content[0].schema is not None
    return of(made.documents, body.content[0].schema)


def decided(old: Any, new: Any, role: Role = Role.IN, defs: Any = None) -> Verdict:
    return Inclusion().decide(root(old, defs), root(new, defs), role).verdict


def test_a_refutation_that_no_rule_explains_is_a_break() -> None:
    closed = {
        "oneOf": [{"properties": {"b": STRING}, "required": ["b"]}],
        "unevaluatedProperties": False,
    }
    wider = json.loads(json.dumps(closed))
    wider["oneOf"][0]["properties"]["c"] = STRING
    found = [f for f in judged(wider, closed, "in") if f.severity is Severity.BREAKING]
    assert [f.rule.name for f in found] == ["values-refused"]
    assert found[0].witness is not None
    assert "c" in found[0].witness.payload
    assert breaks(closed, wider, "in") == []
    assert breaks(closed, wider, "out") == ["values-refused"]


def test_the_role_decides() -> None:
    narrow, wide = {"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 4}
    assert breaks(wide, narrow, "in") == ["upper-bound-lowered"]
    assert breaks(wide, narrow, "out") == []
    assert breaks(narrow, wide, "out") == ["upper-bound-raised"]
    assert breaks(narrow, wide, "in") == []


def test_included_means_no_break_whatever_the_rules_say() -> None:
    spelled = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}
    listed = {"type": ["string", "null"], "maxLength": 3, "minLength": 0}
    for role in ("in", "out"):
        assert breaks(spelled, listed, role) == breaks(listed, spelled, role) == []


def test_what_cannot_be_told_falls_to_the_rules_and_says_so() -> None:
    """Look-ahead is beyond the automata."""
    old = {"type": "string", "pattern": "^(?=.*[a-z]{3}).{40}$"}
    new = {"type": "string", "pattern": "^(?=.*[a-z]{4}).{40}$"}
    found = [f for f in judged(old, new, "in") if f.severity is Severity.BREAKING]
    assert [f.rule.name for f in found] == ["pattern-changed"]
    assert found[0].unproven


def test_a_recursive_schema_is_compared_coinductively() -> None:
    def tree(**more: Any) -> Any:
        children = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        return {"Tree": {"type": "object", "properties": {"children": children, **more}}}

    here = {"$ref": "#/components/schemas/Tree"}
    spelled = tree(name={"anyOf": [STRING, {"type": "null"}]})
    listed = tree(name={"type": ["string", "null"]})
    narrower = tree(name=STRING)
    assert breaks(here, here, "in", defs=spelled, new_defs=listed) == []
    assert breaks(here, here, "in", defs=listed, new_defs=narrower) == ["null-removed"]
    assert breaks(here, here, "out", defs=listed, new_defs=narrower) == []


def test_a_range_that_a_format_means_is_said() -> None:
    found = judged({"type": "integer"}, {"type": "integer", "format": "int32"}, "in")
    witness = next(f.witness for f in found if f.severity is Severity.BREAKING)
    assert witness is not None
    assert abs(witness.payload) >= 2**31 - 1
    assert witness.reading == RANGES_READ


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "integer"}, {"type": "number", "multipleOf": 1}),
        ({"enum": [1, 2]}, {"enum": [1.0, 2.0]}),
        ({"type": "array", "prefixItems": [STRING], "items": False}, {"type": "array", "prefixItems": [STRING], "maxItems": 1}),
        ({"type": "array", "contains": STRING}, {"type": "array", "contains": STRING, "minItems": 1}),
        ({"not": {"not": STRING}}, STRING),
        ({"not": {}}, False),
        ({"if": {"type": "string"}, "then": {"maxLength": 2}}, {"anyOf": [{"not": STRING}, {"maxLength": 2}]}),
        ({"dependentRequired": {"a": ["b"]}, "required": ["a"], "type": "object"}, {"type": "object", "required": ["a", "b"]}),
        ({"type": "object", "maxProperties": 0}, {"type": "object", "propertyNames": False}),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, {"enum": [2, 1]}),
        ({"type": "array", "uniqueItems": True, "maxItems": 1}, {"type": "array", "maxItems": 1}),
        ({"type": "integer", "minimum": 1, "maximum": 3}, {"enum": [1, 2, 3]}),
        ({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 0.02}, {"enum": [0, 0.01, 0.02]}),
    ],
)  # fmt: skip
def test_schemas_that_mean_the_same_are_included_both_ways(old: Any, new: Any) -> None:
    for role in Role:
        assert decided(old, new, role) is Verdict.INCLUDED
        assert decided(new, old, role) is Verdict.INCLUDED


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({}, {"type": "null"}),
        ({"type": "string"}, {"type": "string", "format": "uuid"}),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}),
        ({"type": "array", "items": STRING}, {"type": "array", "items": STRING, "contains": {"const": "a"}}),
        ({"type": "array", "contains": STRING}, {"type": "array", "contains": STRING, "maxContains": 1}),
        ({"type": "object"}, {"type": "object", "propertyNames": {"pattern": "^[a-z]*$"}}),
        ({"type": "object"}, {"type": "object", "minProperties": 2}),
        ({"type": "object", "patternProperties": {"^a": STRING}}, {"type": "object", "patternProperties": {"^a": {"maxLength": 1, "type": "string"}}}),
        ({"type": "number"}, {"type": "number", "not": {"multipleOf": 2}}),
        ({"anyOf": [STRING, {"type": "integer"}]}, {"oneOf": [STRING, {"type": "integer"}, {"const": 1}]}),
        ({"type": "object", "required": ["x"]}, {"type": "object", "required": ["x"], "properties": {"x": STRING}}),
    ],
)  # fmt: skip
def test_a_narrower_schema_is_refuted_by_a_value_that_validators_confirm(
    wide: Any, narrow: Any
) -> None:
    decision = Inclusion().decide(root(wide), root(narrow), Role.IN)
    assert decision.verdict is Verdict.REFUTED
    for judge in (jsonschema.Draft202012Validator, jsonschema_rs.Draft202012Validator):
        more = (
            {"validate_formats": True}
            if judge is jsonschema_rs.Draft202012Validator
            else {"format_checker": jsonschema.FormatChecker()}
        )
        assert judge(wide, **more).is_valid(decision.witness)
        assert not judge(narrow, **more).is_valid(decision.witness)
    assert decided(narrow, wide) is Verdict.INCLUDED


def test_wide_unions_of_tagged_objects_are_decided() -> None:
    """Tags exclude each other, so that forty alternatives need no search among their pairs."""

    def union(keyword: str, **more: Any) -> Any:
        branches = [
            {
                "type": "object",
                "required": ["t"],
                "properties": {"t": {"const": f"k{n}"}, "v": {"type": "integer"}, **more},
            }
            for n in range(40)
        ]
        return {keyword: branches}

    assert decided(union("oneOf"), union("anyOf")) is Verdict.INCLUDED
    assert decided(union("anyOf"), union("oneOf")) is Verdict.INCLUDED
    assert decided(union("anyOf", w=STRING), union("oneOf", w={"maxLength": 1})) is Verdict.REFUTED


def test_a_change_within_a_circle_of_references_ends() -> None:
    """Two schemas that refer to each other and both changed hand their changes on once."""

    def circle(longest: int) -> Any:
        there = {name: {"$ref": f"#/components/schemas/{name}"} for name in ("One", "Two")}
        name = {"type": "string", "maxLength": longest}
        return {
            "One": {"type": "object", "properties": {"next": there["Two"], "name": name}},
            "Two": {
                "type": "object",
                "properties": {"next": there["One"], "name": name},
                "required": ["name"][longest - 3 :],
            },
        }

    here = {"$ref": "#/components/schemas/One"}
    assert set(breaks(here, here, "in", defs=circle(4), new_defs=circle(3))) == {
        "upper-bound-lowered",
        "property-became-required",
    }


def test_an_alternative_that_the_other_side_takes_is_no_break_beside_what_is_one() -> None:
    kinds = [
        {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]}
        for kind in ("file", "link")
    ]
    any_object = {"type": "object", "description": "one of the kinds"}
    listed = {"anyOf": [{"oneOf": kinds}, {"type": "null"}]}
    assert breaks(any_object, listed, "out") == ["null-added"]
    assert breaks(listed, any_object, "in") == ["null-removed"]
    grown = {"anyOf": [*kinds, STRING, {"type": "integer"}]}
    assert breaks({"anyOf": [any_object, STRING]}, grown, "out") == ["branch-added"]
