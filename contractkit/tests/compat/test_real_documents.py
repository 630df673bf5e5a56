"""What real documents have and examples lack: large unions, malformed keywords, megabytes of text."""

import json
from pathlib import Path
from typing import Any

import pytest

from compat.contracts import contract, http_document
from compat.test_assessment import STRING, breaks, judged, root
from contractkit.cli import main
from contractkit.compat.digest import Digests
from contractkit.compat.finding import Finding
from contractkit.compat.inclusion.decision import RUN, Inclusion, Verdict
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.self_contained import EMPTY_READ
from contractkit.documents import Node, at

SCHEMAS = "#/components/schemas/"


def proven(*pair: Any, **more: Any) -> Finding:
    """Return the one break, which has a witness of the whole payload."""
    (finding,) = (f for f in judged(*pair, **more) if f.severity is Severity.BREAKING)
    assert finding.witness is not None
    assert finding.witness.whole
    return finding


def event(name: str, **more: Any) -> dict[str, Any]:
    tag = {"type": "string", "enum": [name]}
    properties = {"type": tag, "at": {"type": "integer"}, "text": STRING, "more": STRING, **more}
    return {"type": "object", "properties": properties, "required": ["type", "at", "text"]}


def union(keyword: str, count: int, **last: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a union of tagged objects, the last of them with other properties, and its parts."""
    defs = {f"E{n}": event(f"event.{n}", **(last if n == count - 1 else {})) for n in range(count)}
    return {keyword: [{"$ref": SCHEMAS + name} for name in defs]}, defs


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_a_large_union_is_decided(keyword: str) -> None:
    """Its tags decide; trying the ways to miss each alternative would take 4^58 steps."""
    small, defs = union(keyword, 58)
    large, more = union(keyword, 59)
    finding = proven(small, large, "out", defs=defs, new_defs=more)
    assert finding.rule.name == "branch-added"
    assert finding.witness is not None
    assert finding.witness.payload["type"] == "event.58"
    assert breaks(large, small, "out", defs=more, new_defs=defs) == []
    assert breaks(small, large, "in", defs=defs, new_defs=more) == []


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_a_change_within_a_large_union_is_decided_in_few_steps(keyword: str) -> None:
    schema, defs = union(keyword, 58, text={"type": "string", "maxLength": 5})
    _, wider = union(keyword, 58, text={"type": "string", "maxLength": 6})
    inclusion = Inclusion()
    narrow, wide = root(schema, defs), root(schema, wider)
    assert inclusion.decide(narrow, wide, Role.OUT).verdict is Verdict.REFUTED
    assert Inclusion().decide(narrow, wide, Role.IN).verdict is Verdict.INCLUDED
    assert RUN - inclusion.left < 1_500


def test_alternatives_that_overlap_are_decided() -> None:
    """One alternative without a tag takes values of the others, so that all have to be looked at."""
    schema, defs = union("oneOf", 30)
    defs["Easy"] = {"type": "object", "properties": {"role": STRING}, "required": ["role"]}
    schema["oneOf"].append({"$ref": SCHEMAS + "Easy"})
    wider = {**defs, "E7": event("event.7", text={"type": ["string", "null"]})}
    assert proven(schema, schema, "out", defs=defs, new_defs=wider).rule.name == "null-added"


def test_an_empty_union_takes_nothing_and_that_is_said() -> None:
    empty, filled = {"type": "string", "oneOf": []}, {"type": "string", "oneOf": [{"const": "a"}]}
    finding = proven(empty, filled, "out")
    assert finding.witness is not None
    assert (finding.witness.payload, finding.witness.reading) == ("a", EMPTY_READ)


def test_an_empty_union_elsewhere_hinders_no_proof() -> None:
    def document(**more: Any) -> Any:
        return {"type": "object", "properties": {"kind": {"oneOf": []}, **more}}

    finding = proven(document(a={"maxLength": 5}), document(a={"maxLength": 6}), "out")
    assert finding.witness is not None
    assert finding.witness.reading == ""


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("required", True), ("items", [STRING]), ("minLength", "3"), ("exclusiveMinimum", True)],
)
def test_a_malformed_keyword_is_left_out_and_that_is_said(keyword: str, value: Any) -> None:
    def document(longest: int) -> Any:
        odd = {keyword: value}
        return {"properties": {"odd": odd, "text": {"type": "string", "maxLength": longest}}}

    finding = proven(document(6), document(5), "in")
    assert finding.witness is not None
    assert finding.witness.reading == f"the malformed keyword {keyword} is left out"


def test_the_anchor_of_another_dialect_hinders_no_proof() -> None:
    old = {"$recursiveAnchor": True, "type": "string", "maxLength": 6}
    assert proven(old, {**old, "maxLength": 5}, "in").rule.name == "upper-bound-lowered"


@pytest.mark.parametrize("pattern", [r"^\p{L}+$", "^(?<word>[a-z]+)$"])
def test_patterns_that_python_cannot_read_are_no_crash(pattern: str) -> None:
    old = {"type": "string", "pattern": pattern, "maxLength": 6}
    assert proven(old, {**old, "maxLength": 5}, "in").rule.name == "upper-bound-lowered"


@pytest.mark.parametrize("role", ["in", "out"])
def test_a_type_that_nobody_knows_is_not_taken_for_nothing(role: str) -> None:
    assert breaks({"type": "int"}, STRING, role) == ["type-changed"]
    assert breaks(STRING, {"type": "int"}, role) == ["type-changed"]
    assert breaks({"type": "int"}, {"type": "int"}, role) == []


def test_a_marked_enumeration_is_open_wherever_else_it_is_used() -> None:
    """The component that is still there must not be read as closed in the schema that left it."""
    here = {"type": "string", "enum": ["a"], "x-extensible-enum": True}
    defs = {"Here": here, "There": {**here, "enum": ["a", "b"]}}

    def document(name: str) -> Any:
        parts = {"p": {"$ref": SCHEMAS + name}, "q": {"$ref": SCHEMAS + "Here"}}
        return {"type": "object", "properties": parts}

    assert breaks(document("Here"), document("There"), "out", defs=defs) == []
    closed = {name: {**schema, "x-extensible-enum": False} for name, schema in defs.items()}
    assert breaks(document("Here"), document("There"), "out", defs=closed) == ["enum-value-added"]


def test_what_a_dynamic_reference_means_may_have_changed() -> None:
    here = {"$dynamicRef": "#node"}
    other = {"Other": {"$dynamicAnchor": "node"}}
    text = other | {"Node": {"$dynamicAnchor": "node", "type": "string"}}
    number = other | {"Node": {"$dynamicAnchor": "node", "type": "integer"}}
    nodes = [root(here, defs) for defs in (text, number, text)]
    assert Inclusion().decide(nodes[0], nodes[1], Role.IN).verdict is Verdict.UNDECIDED
    assert Inclusion().decide(nodes[0], nodes[2], Role.IN).verdict is Verdict.INCLUDED


def test_megabytes_of_text_are_proven_and_shown_shortly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, longest in (("old", 4_000_000), ("new", 2_000_000)):
        schema = {
            "type": "object",
            "properties": {"text": {"type": "string", "maxLength": longest}},
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(http_document(schema, "in")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["contractkit", "diff", "old.json", "new.json", "-f", "json"])
    with pytest.raises(SystemExit):
        main()
    (finding,) = (f for f in json.loads(capsys.readouterr().out)["findings"] if f["witness"])
    assert finding["witness"]["whole"]
    assert finding["witness"]["payload"]["text"].endswith("… (2000001 characters)")


def circle(names: list[str], file: str = "openapi.yaml") -> list[Node]:
    """Return schemas that refer to each other in a circle, each with a mark where its name has."""
    defs: dict[str, Any] = {}
    for index, name in enumerate(names):
        following = names[(index + 1) % len(names)]
        marked = {"title": name} if name.islower() else {"maxProperties": 3}
        defs[name] = {**marked, "properties": {"next": {"$ref": SCHEMAS + following}}}
    made = contract(http_document({"$ref": SCHEMAS + names[0]}, "in", defs))
    location = made.documents.root(file).location
    return [
        at(made.documents, type(location)(file, 1, 1, f"/components/schemas/{name}"))
        for name in names
    ]


def test_a_digest_does_not_depend_on_names() -> None:
    one, two = circle(["a", "b", "C"]), circle(["x", "y", "Z"])
    assert [Digests().of(node) for node in one] == [Digests().of(node) for node in two]
    assert len({Digests().of(node) for node in one}) == 3
    assert Digests(annotations=True).of(one[0]) != Digests(annotations=True).of(two[0])


def test_circles_that_differ_far_away_have_other_digests() -> None:
    letters = [chr(ord("a") + number) for number in range(12)]
    near, far = circle([*letters, "M"]), circle([*letters[:-1], "L", "m"])
    assert Digests().of(near[0]) != Digests().of(far[0])
