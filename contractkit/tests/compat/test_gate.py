"""G01 to G06 and G08: what the gate does with a finding, whatever the rule."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from compat.contracts import (
    MemoryTree,
    contract,
    findings,
    http_document,
    loud,
    messaging_document,
    patched,
)
from contractkit.compat.mode import parse
from contractkit.compat.rule import Category, Role, Severity
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

REPOSITORY = Path(__file__).parents[3]
SPECS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (REPOSITORY / "specs").rglob("*.yaml")
    if "decisions" not in path.parts and path.name != "waivers.yaml"
)
ENUM = {"type": "string", "enum": ["a", "b"]}
WIDER = {"type": "string", "enum": ["a", "b", "c"]}


def ours(change: Callable[[str, str], str] = lambda _, text: text) -> Contract:
    files = {name: change(name, (REPOSITORY / name).read_text(encoding="utf-8")) for name in SPECS}
    return read_contract(
        MemoryTree(files), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


def both_roles(schema: Any) -> Contract:
    """One component, used in a request and in a response."""
    document = http_document({"$ref": "#/components/schemas/Kind"}, "in", {"Kind": schema})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Kind"}}}
    get = {
        "operationId": "getThing",
        "responses": {"200": {"description": "a", "content": content}},
    }
    return contract(patched(document, {"paths": {"/things": {"get": get}}}))


class TestFinding:
    """G01."""

    def test_a_schema_in_both_roles_is_reported_once_with_both_verdicts(self) -> None:
        found = findings(both_roles(ENUM), both_roles(WIDER))
        assert [f.rule.name for f in found] == ["enum-value-added"]
        finding = found[0]
        assert dict(finding.verdicts) == {Role.IN: Severity.OK, Role.OUT: Severity.BREAKING}
        assert finding.operations == ("getThing", "useThing")
        assert finding.blast == "1 request, 1 response, the generated type Kind"
        assert finding.category is Category.WIRE

    def test_each_role_breaks_by_its_own_direction(self) -> None:
        found = findings(both_roles(WIDER), both_roles(ENUM))
        assert dict(found[0].verdicts) == {Role.IN: Severity.BREAKING, Role.OUT: Severity.OK}
        witness = found[0].witness
        assert witness is not None
        assert (witness.payload, witness.accepted_by, witness.refused_by) == ("c", "OLD", "NEW")

    def test_it_names_file_and_line_on_both_sides(self) -> None:
        old = "type: string\nmaxLength: 9\n"
        new = "# longer\n\ntype: string\nmaxLength: 5\n"
        sides = []
        for text in (old, new):
            document = http_document({"$ref": "schemas/kind.yaml"}, "in")
            files = {"openapi.yaml": yaml.safe_dump(document), "schemas/kind.yaml": text}
            tree = MemoryTree(files)
            sides.append(read_contract(tree, openapi="openapi.yaml", asyncapi=None))
        finding = findings(*sides)[0]
        assert (finding.old.file, finding.old.line) == ("schemas/kind.yaml", 2)
        assert (finding.new.file, finding.new.line) == ("schemas/kind.yaml", 4)

    def test_the_fingerprint_survives_moved_lines_but_not_another_change(self) -> None:
        def status(values: str, before: str = "") -> Callable[[str, str], str]:
            def change(name: str, text: str) -> str:
                if not name.endswith("job.yaml"):
                    return text
                changed = text.replace("failed, cancelled]", f"failed, cancelled{values}]")
                return before + changed

            return change

        first = findings(ours(), ours(status(", paused")))
        moved = findings(ours(), ours(status(", paused", "# a\n# b\n")))
        other = findings(ours(), ours(status(", stalled")))
        assert [f.fingerprint for f in first] == [f.fingerprint for f in moved]
        assert first[0].new != moved[0].new
        assert {f.fingerprint for f in first}.isdisjoint(f.fingerprint for f in other)

    def test_the_blast_radius_spans_both_documents(self) -> None:
        def change(name: str, text: str) -> str:
            return text.replace("failed, cancelled]", "failed, cancelled, paused]")

        found = loud(findings(ours(), ours(change)))
        assert [f.rule.name for f in found] == ["enum-value-added"]
        assert {"streamEvents", "sendJobStatus", "getJob"} <= set(found[0].operations)
        assert {use.carrier for use in found[0].uses} == {
            "response",
            "event",
            "frame",
            "parameter",
        }
        witness = found[0].witness
        assert witness is not None
        assert witness.whole


class TestUnclassified:
    """G03: never silence."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ({}, {"vendor": 1}),
            ({"vendor": 1}, {}),
            ({"vendor": 1}, {"vendor": 2}),
            ({}, {"minimun": 3}),
        ],
        ids=["added", "dropped", "changed", "misspelt"],
    )
    def test_an_unknown_schema_keyword(self, old: Any, new: Any) -> None:
        sides = [contract(http_document({"type": "string", **more}, "in")) for more in (old, new)]
        found = findings(*sides)
        assert [f.severity for f in found] == [Severity.UNCLASSIFIED]

    def test_an_unknown_keyword_that_stays(self) -> None:
        side = contract(http_document({"type": "string", "x-vendor": 1}, "in"))
        assert findings(side, side) == []

    @pytest.mark.parametrize(
        "place",
        [
            ("openapi", {"vendor": 1}),
            ("openapi", {"paths": {"/things": {"post": {"vendor": 1}}}}),
            ("openapi", {"paths": {"/things": {"post": {"responses": {"200": {"vendor": 1}}}}}}),
            ("asyncapi", {"vendor": 1}),
            ("asyncapi", {"channels": {"things": {"vendor": 1}}}),
            ("asyncapi", {"channels": {"things": {"bindings": {"kafka": {"topic": "a"}}}}}),
            ("asyncapi", {"channels": {"things": {"bindings": {"amqp": {"shards": 1}}}}}),
            (
                "asyncapi",
                {"channels": {"things": {"bindings": {"amqp": {"queue": {"shards": 1}}}}}},
            ),
            ("asyncapi", {"channels": {"things": {"messages": {"thing": {"vendor": 1}}}}}),
            ("asyncapi", {"operations": {"useThing": {"vendor": 1}}}),
            ("asyncapi", {"operations": {"useThing": {"bindings": {"amqp": {"shards": 1}}}}}),
            ("asyncapi", {"operations": {"useThing": {"bindings": {"mqtt": {"qos": 2}}}}}),
        ],
        ids=str,
    )
    def test_an_unknown_member_or_binding(self, place: tuple[str, Any]) -> None:
        kind, patch = place
        build = http_document if kind == "openapi" else messaging_document
        old = build({"type": "string"}, "in")
        found = findings(contract(**{kind: old}), contract(**{kind: patched(old, patch)}))
        assert [f.severity for f in found] == [Severity.UNCLASSIFIED]
        assert found[0].new is not None

    @pytest.mark.parametrize(
        "place",
        [
            ("openapi", {"x-vendor": 1}),
            ("openapi", {"paths": {"/things": {"post": {"x-vendor": 1}}}}),
            ("openapi", {"paths": {"/things": {"post": {"responses": {"200": {"x-vendor": 1}}}}}}),
            (
                "openapi",
                {"paths": {"/things": {"post": {"requestBody": {"content": {"application/json": {
                    "schema": {"x-vendor": 1}}}}}}}},
            ),
            ("asyncapi", {"x-vendor": 1}),
            ("asyncapi", {"channels": {"things": {"x-vendor": 1}}}),
            ("asyncapi", {"channels": {"things": {"bindings": {"amqp": {"x-vendor": 1}}}}}),
            ("asyncapi", {"channels": {"things": {"messages": {"thing": {"x-vendor": 1}}}}}),
            ("asyncapi", {"operations": {"useThing": {"x-vendor": 1}}}),
        ],
        ids=str,
    )  # fmt: skip
    def test_a_vendor_extension_is_information(self, place: tuple[str, Any]) -> None:
        kind, patch = place
        build = http_document if kind == "openapi" else messaging_document
        old = build({"type": "string"}, "in")
        sides = contract(**{kind: old}), contract(**{kind: patched(old, patch)})
        for pair in (sides, sides[::-1]):
            found = findings(*pair)
            assert [(f.rule.name, f.severity) for f in found] == [
                ("extension-changed", Severity.OK)
            ]

    @pytest.mark.parametrize(
        "dialect",
        [
            "https://spec.openapis.org/oas/3.1/dialect/base",
            "https://json-schema.org/draft/2020-12/schema",
        ],
    )
    def test_the_default_dialect_spelled_out(self, dialect: str) -> None:
        old = http_document({"type": "string"}, "in")
        assert findings(contract(old), contract({**old, "jsonSchemaDialect": dialect})) == []
        other = {**old, "jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"}
        assert [f.severity for f in findings(contract(old), contract(other))] == [
            Severity.UNCLASSIFIED
        ]

    def test_a_keyword_declared_documentation(self) -> None:
        old = http_document({"type": "string"}, "in")
        new = patched(old, {"paths": {"/things": {"post": {"x-vendor": 1}}}})
        assert findings(contract(old), contract(new), documentation=frozenset({"x-vendor"})) == []


class TestModes:
    """G06."""

    NARROWER, WIDER = ENUM, WIDER

    @pytest.mark.parametrize(
        ("mode", "action", "old", "new", "breaks"),
        [
            ("BACKWARD", "in", WIDER, ENUM, True),
            ("BACKWARD", "out", ENUM, WIDER, False),
            ("FORWARD", "in", WIDER, ENUM, False),
            ("FORWARD", "out", ENUM, WIDER, True),
            ("FULL", "in", WIDER, ENUM, True),
            ("FULL", "out", ENUM, WIDER, True),
        ],
    )
    def test_a_channel_is_judged_by_its_mode(
        self, mode: str, action: str, old: Any, new: Any, breaks: bool
    ) -> None:
        sides = [contract(None, messaging_document(schema, action)) for schema in (old, new)]
        found = findings(*sides, modes={"things": parse(mode)})
        expected = Severity.BREAKING if breaks else Severity.WARNING
        assert [f.severity for f in loud(found)] == [expected]
        assert found[0].note == ("" if breaks else f"things asks for {mode} only")

    def test_topology_breaks_in_every_mode(self) -> None:
        old = messaging_document(ENUM, "in")
        new = patched(old, {"channels": {"things": {"address": "others"}}})
        found = findings(
            contract(None, old), contract(None, new), modes={"things": parse("FORWARD")}
        )
        assert [f.severity for f in found] == [Severity.BREAKING]


class TestSilence:
    """G08: no finding without a change."""

    def test_our_own_contracts_against_themselves(self) -> None:
        assert findings(ours(), ours(), version_policy=True) == []

    def test_reformatted_yaml(self) -> None:
        generator = random.Random(7)  # noqa: S311 (a fixed shuffle, no secret)

        def shuffled(value: Any) -> Any:
            if isinstance(value, list):
                return [shuffled(item) for item in value]
            if not isinstance(value, dict):
                return value
            keys = list(value)
            generator.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}

        def reformat(name: str, text: str) -> str:
            value = shuffled(yaml.load(text, yaml.CSafeLoader))
            return yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=True, width=60)

        assert findings(ours(), ours(reformat), version_policy=True) == []

    def test_the_same_as_json(self) -> None:
        files = {}
        for name in SPECS:
            value = yaml.load((REPOSITORY / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
            files[name] = json.dumps(value, indent=1)
        assert findings(ours(), ours(lambda name, _: files[name]), version_policy=True) == []

    def test_the_files_on_disk_are_what_memory_holds(self) -> None:
        tree = FolderTree(REPOSITORY)
        disk = read_contract(tree, openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml")
        assert findings(disk, ours()) == []
