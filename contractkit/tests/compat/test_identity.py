"""G01: a finding is identified by what it is about; equal ones merge and lose nothing."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from compat.contracts import MemoryTree, contract, findings, http_document, loud, messaging_document
from compat.project import NARROW, WIDE, Project
from contractkit.compat.anchor import anchor
from contractkit.compat.finding import Finding, merge
from contractkit.compat.rule import Role, Severity
from contractkit.compat.use import Use
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract

NOTE = {"type": "object", "properties": {"note": {"type": "string"}}}
NOTED = {**NOTE, "required": ["note"]}


def media(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def inline(request: Any, response: Any) -> Contract:
    answer = {"200": {"description": "a", "content": media(response)}}
    post = {"operationId": "post", "requestBody": {"content": media(request)}, "responses": answer}
    return contract(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1.0.0"},
            "paths": {"/a": {"post": post}},
        }
    )


def limits(maximum: int) -> Contract:
    paths = {
        f"/{name}": {
            "get": {
                "operationId": name,
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"maximum": maximum, "type": "integer"},
                    }
                ],
                "responses": {},
            }
        }
        for name in "abcde"
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1.0.0"}, "paths": paths}
    return contract(document)


class TestIdentity:
    """What makes two findings different."""

    def test_the_same_change_in_a_request_and_in_a_response_is_two_findings(self) -> None:
        found = findings(inline(NOTE, NOTE), inline(NOTED, NOTED))
        assert [(f.severity, f.roles) for f in found] == [
            (Severity.BREAKING, (Role.IN,)),
            (Severity.OK, ()),
        ]
        assert len({f.fingerprint for f in found}) == 2

    def test_the_same_change_in_five_operations_is_five_findings(self) -> None:
        found = loud(findings(limits(100), limits(50)))
        assert [f.operations for f in found] == [("a",), ("b",), ("c",), ("d",), ("e",)]
        assert len({f.fingerprint for f in found}) == 5
        assert str(found[0].anchor) == "GET /a#/parameters/query limit/schema/maximum"

    def test_a_component_that_comes_to_be_read_too_is_another_finding(self) -> None:
        def shared(schema: Any, *, read: bool) -> Contract:
            reference = {"$ref": "#/components/schemas/Kind"}
            document = http_document(reference, "out", {"Kind": schema})
            if read:
                operation = document["paths"]["/things"]["post"]
                operation["requestBody"] = {"content": media(reference)}
            return contract(document)

        old, new = {"type": "string"}, {"type": "integer"}
        one = findings(shared(old, read=False), shared(new, read=False))[0]
        two = findings(shared(old, read=True), shared(new, read=True))[0]
        assert (one.anchor, one.message) == (two.anchor, two.message)
        assert one.fingerprint != two.fingerprint

    def test_a_part_of_a_form_is_named_as_it_is_written(self) -> None:
        def form(file: Any, beside: Any, part: Any) -> Contract:
            properties = {"file": file, "beside": beside, "part": part}
            document = http_document({"type": "object", "properties": properties}, "in")
            content = document["paths"]["/things"]["post"]["requestBody"]["content"]
            content["multipart/form-data"] = content.pop("application/json")
            return contract(document)

        octets: dict[str, str] = {}
        image = {"type": "string", "contentMediaType": "application/octet-stream"}
        fingerprints = set()
        for beside in ({"type": "object"}, {"type": "string"}):
            for part in (NOTE, {"type": "array", "items": NOTE}):
                noted = NOTED if part is NOTE else {"type": "array", "items": NOTED}
                old, new = form(octets, beside, part), form(image, beside, noted)
                found = loud(findings(old, new))
                assert "rewritten" not in repr(found)
                fingerprints.add((part is NOTE, found[0].fingerprint, str(found[0].anchor)))
        assert sorted(anchor for _, _, anchor in fingerprints) == [
            f"POST /things#/requestBody/content/multipart~1form-data/schema/properties/part{below}"
            for below in ("/items/required/0", "/required/0")
        ]

    def test_components_of_one_name_in_two_files_are_told_apart(self) -> None:
        def twice(schema: Any) -> Contract:
            references = {name: {"$ref": f"{name}.yaml#/$defs/Kind"} for name in "ab"}
            document = http_document({"type": "object", "properties": references}, "in")
            library = json.dumps({"$defs": {"Kind": schema}})
            files = {"openapi.yaml": json.dumps(document), "a.yaml": library, "b.yaml": library}
            return read_contract(MemoryTree(files), openapi="openapi.yaml", asyncapi=None)

        both = findings(twice({"type": "string"}), twice({"type": "integer"}))
        assert [str(f.anchor) for f in both] == ["a.yaml Kind#/type", "b.yaml Kind#/type"]
        assert len({f.fingerprint for f in both}) == 2


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1.0.0"},
    "paths": {
        "/a/{id}": {
            "post": {
                "operationId": "a",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "n", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": media({"$ref": "lib.yaml#/$defs/Body"})},
                "responses": {},
            }
        }
    },
}


def body(limit: int) -> dict[str, Any]:
    return {"$defs": {"Body": {"properties": {"note": {"type": "string", "maxLength": limit}}}}}


def read(document: Any, library: Any, name: str = "lib.yaml", text: Any = json.dumps) -> Contract:
    files = {"openapi.yaml": text(document), name: text(library)}
    return read_contract(MemoryTree(files), openapi="openapi.yaml", asyncapi=None)


def changed() -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    parameter = document["paths"]["/a/{id}"]["post"]["parameters"][1]  # type: ignore[index]
    parameter["schema"] = {"type": "integer"}
    return document


def prints(new: Contract) -> set[str]:
    found = findings(read(DOCUMENT, body(9)), new)
    return {f.fingerprint for f in found if f.severity is Severity.BREAKING}


class TestSurvival:
    """What a fingerprint survives, and what it does not."""

    def expected(self) -> set[str]:
        known = prints(read(changed(), body(5)))
        assert len(known) == 2
        return known

    def test_moved_lines_and_another_format(self) -> None:
        assert prints(read(changed(), body(5), text=yaml.safe_dump)) == self.expected()
        moved = read(
            changed(), body(5), text=lambda value: f"\n# a\n\n{json.dumps(value, indent=3)}"
        )
        assert prints(moved) == self.expected()

    def test_renamed_files(self) -> None:
        text = json.loads(json.dumps(changed()).replace("lib.yaml", "parts/other.yaml"))
        assert prints(read(text, body(5), "parts/other.yaml")) >= self.expected()

    def test_parameters_in_another_order_and_with_other_names_in_the_path(self) -> None:
        document = changed()
        item = document["paths"]["/a/{id}"]
        item["post"]["parameters"].reverse()
        item["post"]["parameters"][1]["name"] = "key"
        document["paths"] = {"/a/{key}": item}
        assert prints(read(document, body(5))) >= self.expected()

    def test_another_operation_id(self) -> None:
        document = changed()
        document["paths"]["/a/{id}"]["post"]["operationId"] = "b"
        assert prints(read(document, body(5))) >= self.expected()

    def test_not_another_value(self) -> None:
        assert len(prints(read(changed(), body(4))) & self.expected()) == 1

    def test_not_another_component(self) -> None:
        document = json.loads(json.dumps(changed()).replace("defs/Body", "defs/Form"))
        library = {"$defs": {"Form": body(5)["$defs"]["Body"]}}
        assert len(prints(read(document, library)) & self.expected()) == 1


class TestMerge:
    """Equal findings become one that is as bad as the worst and touches all."""

    def finding(self) -> Finding:
        return next(f for f in findings(inline(NOTE, NOTE), inline(NOTED, NOTED)) if f.roles)

    @pytest.mark.parametrize("turned", [False, True])
    def test_the_worst_and_the_union(self, turned: bool) -> None:
        worst = self.finding()
        mild = replace(
            worst,
            severity=Severity.WARNING,
            uses=(Use("other"),),
            against=("v1",),
            witness=None,
            note="n",
        )
        pair = [mild, worst] if turned else [worst, mild]
        (merged,) = merge(pair).values()
        assert merged.severity is Severity.BREAKING
        assert set(merged.operations) == {"other", "post"}
        assert merged.against == ("v1",)
        assert merged.witness == worst.witness
        assert merged.note == "n"

    def test_a_tag_makes_it_worse(self, project: Project) -> None:
        """What OLD excuses by its mode, a tag may not."""
        project.configure('modes = {things = "FORWARD"}\ntags = 1\n')
        narrow, wide = messaging_document(NARROW, "in"), messaging_document(WIDE, "in")
        project.schema(NARROW, asyncapi=wide)
        project.commit("wide")
        project.git("tag", "v1.0.0")
        project.schema(NARROW, asyncapi=narrow)
        status, report = project.diff()
        assert status == 0
        project.configure('modes = {things = "BACKWARD_TRANSITIVE"}\ntags = 1\n')
        status, report = project.diff()
        found = next(f for f in report["findings"] if f["name"] == "enum-value-removed")
        assert status == 1
        assert found["against"][-1] == "v1.0.0"
        assert len(found["against"]) == 2


PLACES = {
    "/components/schemas/Kind/properties/schemas": "Kind#/properties/schemas",
    "/components/responses/No/content/a~1b/schema": "responses No#/content/a~1b/schema",
    "/paths/~1a~1{x}~1{y}/get/requestBody": "GET /a/{}/{}#/requestBody",
    "/paths/~1a/parameters/0": "/a#/parameters/0",
    "/webhooks/paid/post/requestBody": "webhook POST paid#/requestBody",
    "/channels/things/address": "channel things#/address",
    "/operations/use/reply": "operation use#/reply",
    "/servers/main": "server main",
    "/info/version": "#/info/version",
}


@pytest.mark.parametrize("pointer", PLACES)
def test_a_place_is_named_after_its_owner(pointer: str) -> None:
    value: Any = []
    for token in reversed(pointer.split("/")[1:]):
        value = {token.replace("~1", "/"): value} if not token.isdecimal() else [value]
    documents = contract(http_document({}, "in")).documents
    tree = MemoryTree({"openapi.yaml": json.dumps({"openapi": "3.1.0", **value})})
    documents = type(documents)(tree)
    location = documents.source("openapi.yaml").locate(pointer)
    assert str(anchor(documents, location)) == PLACES[pointer]
