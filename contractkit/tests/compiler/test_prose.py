"""Texts of documents in generated code: what they hold never ends the code around them."""

import json

from contractkit.generator.prose import comment
from contractkit.generator.rendering import docstring

TEXT = 'a \0b\x07 */ `${c}` \u2028 """ \\'


def test_docstrings_and_comments_hold_no_control_characters():
    assert docstring(" \0x\x1b[31my ") == "x[31my"
    assert comment("a\0*/\nb") == "a* / b"


def test_code_of_a_document_with_control_characters_is_code(packages):
    schema = {
        "type": "object",
        "description": TEXT,
        "properties": {"p": {"type": "string", "description": TEXT}},
    }
    parameter = {"name": "q", "in": "query", "description": TEXT, "schema": {"type": "string"}}
    answer = {
        "description": TEXT,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}},
    }
    operation = {
        "operationId": "a",
        "summary": TEXT,
        "description": TEXT,
        "parameters": [parameter],
        "responses": {"200": answer},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": {"S": schema}},
    }
    made = packages.written("controls", json.dumps(document))
    assert made.omissions == []
    assert made.module("http.operations")
