"""What a contract calls deprecated: members and parameters are told so, types make no warnings."""

import warnings

import pydantic

DOCUMENT = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
      parameters: [{name: q, in: query, schema: {$ref: '#/components/schemas/OldId'}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/All'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: string, deprecated: true}}}}}
components:
  schemas:
    OldId: {type: string, deprecated: true, maxLength: 5}
    OldEither: {deprecated: true, oneOf: [{type: string}, {type: integer, deprecated: true}]}
    OldList: {type: array, deprecated: true, items: {type: integer, deprecated: true}}
    OldObject: {type: object, deprecated: true, properties: {a: {type: string}}}
    All:
      type: object
      properties:
        id: {$ref: '#/components/schemas/OldId'}
        either: {$ref: '#/components/schemas/OldEither'}
        list: {$ref: '#/components/schemas/OldList'}
        object: {$ref: '#/components/schemas/OldObject', deprecated: true}
        alias: {$ref: '#/components/schemas/All/properties/object'}
"""


def test_deprecated_types_make_no_warnings_and_deprecated_members_are_told(packages):
    made = packages.written("deprecation", DOCUMENT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models = made.module("models.deprecation")
        made.module("http.default")
        for name in ("OldId", "OldEither", "OldList"):
            pydantic.TypeAdapter(getattr(models, name))
    fields = models.All.model_fields
    assert fields["object"].deprecated is True
    assert fields["id"].deprecated is None
