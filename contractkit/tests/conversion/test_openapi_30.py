"""OpenAPI 3.0 is read as 3.1: each rule, in every place a schema can stand, with true positions."""

import copy
import json

import pytest
import yaml
from click.testing import CliRunner

from contractkit.cli import app
from contractkit.conversion.schema_30 import upgrade_schema
from contractkit.documents import Documents
from contractkit.reader.openapi import read_openapi
from contractkit.tree import FolderTree

REF = {"$ref": "#/components/schemas/A"}
NULL = {"type": "null"}

RULES = {
    "nullable beside a type": (
        {"type": "string", "nullable": True},
        {"type": ["string", "null"]},
    ),
    "nullable: false": ({"type": "string", "nullable": False}, {"type": "string"}),
    "nullable without a type says nothing": ({"nullable": True}, {}),
    "an enumeration without null stays without": (
        {"type": "string", "nullable": True, "enum": ["a"]},
        {"type": ["string", "null"], "enum": ["a"]},
    ),
    "nullable beside allOf of one": (
        {"nullable": True, "allOf": [REF], "description": "d"},
        {"anyOf": [REF, NULL], "description": "d"},
    ),
    "nullable beside allOf of several": (
        {"type": "object", "nullable": True, "allOf": [REF, {"required": ["a"]}]},
        {"type": ["object", "null"], "anyOf": [{"allOf": [REF, {"required": ["a"]}]}, NULL]},
    ),
    "nullable beside oneOf with a discriminator": (
        {"nullable": True, "oneOf": [REF, REF], "discriminator": {"propertyName": "k"}},
        {"anyOf": [{"oneOf": [REF, REF], "discriminator": {"propertyName": "k"}}, NULL]},
    ),
    "nullable beside anyOf": ({"nullable": True, "anyOf": [REF]}, {"anyOf": [REF, NULL]}),
    "exclusive bounds": (
        {"minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False},
        {"exclusiveMinimum": 1, "maximum": 9},
    ),
    "an exclusive bound of nothing": ({"exclusiveMaximum": True}, {}),
    "example": ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
    "byte": ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
    "binary": (
        {"type": "string", "format": "binary"},
        {"type": "string", "contentMediaType": "application/octet-stream"},
    ),
    "beside a reference nothing counts": (
        {**REF, "nullable": True, "maxLength": 1, "description": "d", "x-a": 1},
        {**REF, "description": "d", "x-a": 1},
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_schema_is_rewritten_and_stays_so(name):
    old, new = copy.deepcopy(RULES[name])
    upgrade_schema(old, "", {})
    assert old == new
    upgrade_schema(old, "", {})
    assert old == new


OLD = {"type": "string", "nullable": True}
MEDIA = {"application/json": {"schema": OLD}}
PLACES = {
    "component": {"components": {"schemas": {"A": OLD}}},
    "property": {"components": {"schemas": {"A": {"properties": {"nullable": OLD}}}}},
    "items": {"components": {"schemas": {"A": {"items": OLD}}}},
    "additionalProperties": {"components": {"schemas": {"A": {"additionalProperties": OLD}}}},
    "not": {"components": {"schemas": {"A": {"not": OLD}}}},
    "allOf": {"components": {"schemas": {"A": {"allOf": [OLD]}}}},
    "path parameter": {"paths": {"/a": {"parameters": [{"schema": OLD}]}}},
    "parameter content": {"paths": {"/a": {"get": {"parameters": [{"content": MEDIA}]}}}},
    "request": {"paths": {"/a": {"post": {"requestBody": {"content": MEDIA}}}}},
    "response": {"paths": {"/a": {"get": {"responses": {"200": {"content": MEDIA}}}}}},
    "header": {"paths": {"/a": {"get": {"responses": {"200": {"headers": {"H": {"schema": OLD}}}}}}}},
    "part": {"components": {"requestBodies": {"A": {"content": {"multipart/form-data": {
        "encoding": {"a": {"headers": {"H": {"schema": OLD}}}}}}}}}},
    "callback": {"paths": {"/a": {"get": {"callbacks": {"c": {"{$url}": {"post": {
        "requestBody": {"content": MEDIA}}}}}}}}},
    "shared callback": {"components": {"callbacks": {"c": {"{$url}": {"post": {
        "requestBody": {"content": MEDIA}}}}}}},
    "shared parameter": {"components": {"parameters": {"A": {"schema": OLD}}}},
    "shared header": {"components": {"headers": {"A": {"schema": OLD}}}},
    "shared response": {"components": {"responses": {"A": {"content": MEDIA}}}},
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_every_schema_of_a_document_is_found(tmp_path, name):
    document = {"openapi": "3.0.3", "info": {}, **PLACES[name]}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(document))
    value = Documents(FolderTree(tmp_path)).source("a.yaml").value
    assert value.pop("openapi") == "3.1.1"
    text = json.dumps(value)
    assert json.dumps({"type": ["string", "null"]}) in text
    assert '"nullable": true' not in text


def test_what_is_no_schema_stays(tmp_path):
    example = {"nullable": True, "type": "string", "example": 1}
    media = {"application/json": {"example": example, "schema": {"enum": [example]}}}
    document = {
        "openapi": "3.0.0",
        "info": {"x-a": example},
        "paths": {"/a": {"get": {"responses": {"200": {"content": media}}}}},
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    value = Documents(FolderTree(tmp_path)).source("a.json").value
    assert value == {**document, "openapi": "3.1.1"}


def test_schemas_of_other_files_are_read_as_those_who_refer_to_them(tmp_path):
    document = {
        "openapi": "3.0.0",
        "info": {},
        "paths": {"/a": {"$ref": "parts/path.yaml#/a"}, "/b": {"$ref": "parts/none.yaml"}},
    }
    body = {"content": {"a/b": {"schema": {"$ref": "../schema.yaml#/definitions/A"}}}}
    schema = {"definitions": {"A": {"items": {"$ref": "#/definitions/B"}}, "B": OLD, "C": OLD}}
    (tmp_path / "parts").mkdir()
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "parts/path.yaml").write_text(
        yaml.safe_dump({"a": {"post": {"requestBody": body}}})
    )
    (tmp_path / "schema.yaml").write_text(yaml.safe_dump(schema))
    documents = Documents(FolderTree(tmp_path))
    documents.source("a.yaml")
    assert documents.at("schema.yaml", "/definitions/B").value == {"type": ["string", "null"]}
    assert documents.at("schema.yaml", "/definitions/C").value == OLD


TEXT = """openapi: 3.0.3
info: {title: t, version: 1}
paths:
  /a/{id}:
    get:
      responses:
        "200":
          description: d
          content:
            application/json:
              schema:
                nullable: true
                allOf:
                  - type: object
                    properties:
                      count:
                        type: integer
                        minimum: 0
                        exclusiveMinimum: true
                        example:
                          deep: [1]
"""


def test_places_point_into_the_file_as_it_is_written(tmp_path):
    (tmp_path / "a.yaml").write_text(TEXT)
    documents = Documents(FolderTree(tmp_path))
    contract = read_openapi(documents, "a.yaml")
    (operation,) = contract.operations
    assert (operation.operation_id, operation.label) == ("get_a_id", "GET /a/{id}")
    assert contract.version == "1"
    source = documents.source("a.yaml")
    schema = operation.responses[0].content[0].schema
    count = f"{schema.location.pointer}/anyOf/0/properties/count"
    assert documents.at("a.yaml", count).value["exclusiveMinimum"] == 0
    lines = {
        "": 17,
        "/type": 18,
        "/exclusiveMinimum": 20,
        "/examples/0": 21,
        "/examples/0/deep/0": 22,
    }
    assert {key: source.locate(count + key).line for key in lines} == {
        key: line - 1 for key, line in lines.items()
    }
    assert source.locate(f"{schema.location.pointer}/anyOf/1").line == 12


def test_the_commands_take_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(TEXT)
    (tmp_path / "new.yaml").write_text(TEXT.replace("nullable: true", "nullable: false"))
    (tmp_path / "bad.yaml").write_text(TEXT.replace("nullable: true", "nullable: 1"))
    result = CliRunner().invoke(app, ["diff", "old.yaml", "new.yaml"])
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(app, ["diff", "new.yaml", "old.yaml"])
    assert result.exit_code == 1, result.output
    assert "null" in result.output
    result = CliRunner().invoke(app, ["docs", "--openapi", "old.yaml"])
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(app, ["lint", "--openapi", "bad.yaml"])
    assert "bad.yaml:12:" in result.output
    assert "[specification]" in result.output
    assert "[operation-id-missing]" in result.output
