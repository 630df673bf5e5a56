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


NAMED = """
asyncapi: 3.0.0
info: {title: Named, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload:
          type: object
          properties:
            anchor: {$ref: '#short'}
            draft7: {$ref: '#old'}
            embedded: {$ref: '#/$defs/Inner'}
            twice: {$ref: '#twice'}
          $defs:
            A: {$anchor: short, type: string, maxLength: 2}
            B: {$id: '#old', type: integer}
            Inner: {type: object, properties: {again: {$ref: '#/$defs/Inner'}, a: {$ref: '#/$defs/A'}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
"""
SEVERAL = "C: {$anchor: twice, type: string}\n            D: {$anchor: twice}\n            A:"


def test_names_of_schemas_and_embedded_definitions_are_found(packages, strictly_checked):
    made = packages.written(
        "named_schemas", NAMED.replace("            twice: {$ref: '#twice'}\n", "")
    )
    assert made.omissions == []
    strictly_checked(made)
    model = made.module("models.named_schemas").MPayload
    model.model_validate({"anchor": "ab", "draft7": 1, "embedded": {"again": {"a": "x"}}})
    for bad in ({"anchor": "abc"}, {"draft7": "1"}, {"embedded": {"again": {"a": 1}}}):
        with pytest.raises(ValidationError):
            model.model_validate(bad)


@pytest.mark.parametrize(("text", "count"), [(NAMED, 0), (NAMED.replace("A:", SEVERAL, 1), 2)])
def test_a_name_of_no_schema_or_of_several_is_told(packages, text, count):
    made = packages.written(f"named_by_{count}", text)
    assert any(f"an anchor of {count} schemas" in said for said in made.omissions)


DYNAMIC = """
asyncapi: 3.0.0
info: {title: Dynamic, version: '1'}
channels:
  things: {address: things, messages: {m: {payload: {$ref: '#/components/schemas/Tree'}}}}
operations:
  tell: {action: send, channel: {$ref: '#/channels/things'}}
components:
  schemas:
    Tree:
      $dynamicAnchor: node
      type: object
      required: [v]
      properties: {v: {type: string}, c: {type: array, items: {$dynamicRef: '#node'}}}
"""


def test_a_dynamic_reference_that_means_one_schema_is_a_plain_one(packages, strictly_checked):
    made = packages.written("dynamic", DYNAMIC)
    assert made.omissions == []
    tree = made.module("models.dynamic").Tree
    assert tree.model_validate({"v": "a", "c": [{"v": "b"}]}).c[0].v == "b"
    with pytest.raises(ValueError, match=r"c\.0\.v"):
        tree.model_validate({"v": "a", "c": [{"v": 1}]})
    strictly_checked(made)


def test_one_of_several_anchors_is_told(packages):
    several = "    Other: {$dynamicAnchor: node, type: string}\n"
    (omission,) = packages.written("dynamics", DYNAMIC + several).omissions
    assert "$dynamicRef has no generated model" in omission


RECURSIVE = """
asyncapi: 3.0.0
info: {title: Recursive, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload:
          $defs: {Tree: {type: object, required: [v], properties: {v: {type: string}, c: {$ref: '#/$defs/Tree'}}}}
          $ref: '#/$defs/Tree'
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
"""


def test_a_schema_refers_to_its_own_definitions_as_pydantic_writes_recursive_models(
    packages, strictly_checked
):
    made = packages.written("recursive", RECURSIVE)
    assert made.omissions == []
    strictly_checked(made)
    model = made.module("models.recursive").Tree
    assert model.model_validate({"v": "a", "c": {"v": "b"}}).c.v == "b"
    with pytest.raises(ValidationError):
        model.model_validate({"v": "a", "c": {}})
