"""References within a schema that has an `$id`, and references to nothing that is a schema."""

import pytest
from pydantic import TypeAdapter, ValidationError

DOCUMENT = """
openapi: 3.1.0
info: {{title: Resources, version: '1'}}
paths: {{}}
components:
  schemas:
    Tree: {{{id}type: object, properties: {{children: {{type: array, items: {{$ref: '#'}}}}}}}}
    Box:
      $id: https://example.com/box
      $defs: {{inner: {{type: string}}}}
      type: object
      properties: {{own: {{$ref: '#/$defs/inner'}}, other: {{$ref: '#/components/schemas/Other'}}}}
    Other: {{type: integer}}
"""


def test_what_means_nothing_in_the_file_is_sought_in_the_resource(packages, strictly_checked):
    text = DOCUMENT.format(id="$id: 'https://example.com/tree', ")
    made = packages.written("resources", text)
    assert made.omissions == []
    strictly_checked(made)
    models = made.module("models.resources")
    models.Tree.model_validate({"children": [{"children": []}]})
    models.Box.model_validate({"own": "x", "other": 1})
    for model, bad in (
        (models.Tree, {"children": [1]}),
        (models.Box, {"own": 1}),
        (models.Box, {"other": "x"}),
    ):
        with pytest.raises(ValidationError):
            TypeAdapter(model).validate_python(bad)


def test_a_whole_document_is_no_schema(packages):
    made = packages.written("no_resource", DOCUMENT.format(id=""))
    assert any(
        "the model Tree, which is Any" in said and "'#' leads to a whole document" in said
        for said in made.omissions
    )
