"""Types of TypeScript that say which values there are, where Python's models leave that to the schema."""

DOCUMENT = """
openapi: 3.1.0
info: {title: Values, version: '1'}
paths: {}
components:
  schemas:
    Mixed: {enum: [1, one, null, true, 2.5]}
    Always: {type: boolean, const: true}
    Half: {const: 0.5}
    Holder: {type: object, properties: {flag: {type: boolean, enum: [false]}, listed: {enum: [{a: 1}, 2]}}}
"""


def test_values_of_several_types_are_literals(packages):
    text = packages.written("typescript_types", DOCUMENT).text("typescript/src/models.ts")
    for line in (
        'export type Mixed = 1 | "one" | null | true | 2.5;', "export type Always = true;",
        "export type Half = 0.5;", "  flag?: false;",
    ):  # fmt: skip
        assert line in text, line
