"""The headers of answers in the TypeScript client: texts, or of the types of their schemas."""

import shutil

import pytest
from compiler.calling import run

node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")

DOCUMENT = """
openapi: 3.1.0
info: {title: Headers, version: '1'}
paths:
  /page:
    get:
      operationId: page
      responses:
        '200':
          description: ok
          headers:
            X-Count: {required: true, schema: {$ref: '#/components/schemas/Count'}}
            X-Share: {schema: {type: number}}
            X-Last: {schema: {type: boolean}}
            X-Ids: {schema: {type: array, items: {type: integer}}}
            X-Tags: {schema: {type: array, items: {type: string}}}
            X-Long: {schema: {type: integer, format: int64}}
            X-Either: {schema: {type: [integer, 'null']}}
            X-When: {required: true, schema: {type: string, format: date-time}}
  /either:
    get:
      operationId: either
      responses:
        '200': {description: ok, headers: {X-Count: {required: true, schema: {type: integer}}, X-Mixed: {schema: {type: integer}}}}
        '202': {description: ok, headers: {X-Mixed: {schema: {type: string}}}}
  /text: {get: {operationId: text, responses: {'200': {description: ok, headers: {X-Count: {required: true, schema: {type: string}}}}}}}
components:
  schemas:
    Count: {allOf: [{type: integer, minimum: 0}]}
"""
BEGIN = """
import { Client } from "./typescript/index.js";
const seen = [];
let headers = {};
const client = new Client({ fetch: async () => new Response("{}", { headers }), retries: 0 });
const call = async (name, given) => {
  headers = given;
  seen.push(await client[name]().then(({ body, status, ...rest }) => rest, (error) => `${error.name}: ${error.message}`));
};
"""
END = """
console.log(JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? `${value}n` : value)));
"""
GIVEN = {
    "X-Count": "7", "X-Share": "0.5", "X-Last": "false", "X-Ids": "1, 2,3", "X-Tags": "a,b",
    "X-Long": "9007199254740993", "X-Either": "3", "X-When": "2024-02-29T00:00:00Z",
}  # fmt: skip


@node
def test_headers_are_texts_where_nothing_else_is_asked_for(packages):
    made = packages.written("headers_text", DOCUMENT)
    assert "X-Count: string" not in made.text("typescript/src/client.ts")
    assert not (made.folder / "typescript/headers.js").exists()
    assert run(made, f"{BEGIN} await call('page', {GIVEN}); await call('page', {{}}); {END}") == [
        {f"x{name[2:]}": text for name, text in GIVEN.items()},
        {"xCount": "", "xWhen": ""},
    ]


@node
@pytest.mark.parametrize(
    ("int64", "long"), [("string", GIVEN["X-Long"]), ("bigint", GIVEN["X-Long"] + "n")]
)
def test_typed_headers_are_what_their_schemas_say(packages, int64, long):
    made = packages.written(
        f"headers_{int64}", DOCUMENT, typescript_headers="typed", typescript_int64=int64
    )
    calls = f"""{BEGIN}
    const given = {GIVEN};
    await call("page", given);
    await call("page", {{ "X-Count": "0", "X-When": "", "X-Ids": "" }});
    for (const [name, text] of [["X-Count", "07"], ["X-Share", "NaN"], ["X-Last", "yes"], ["X-Ids", "1,a"], ["X-Long", "1.0"]])
      await call("page", {{ ...given, [name]: text }});
    await call("page", {{ "X-When": "now" }});
    await call("either", {{ "X-Mixed": "1" }});
    await call("text", {{ "X-Count": "07" }});
    {END}"""
    assert "xIds: Array<number> | undefined;" in made.text("typescript/client.d.ts")
    assert run(made, calls) == [
        {
            "xCount": 7, "xShare": 0.5, "xLast": False, "xIds": [1, 2, 3], "xTags": ["a", "b"],
            "xLong": long, "xEither": "3", "xWhen": GIVEN["X-When"],
        },
        {"xCount": 0, "xWhen": "", "xIds": []},
        "RangeError: The header X-Count is no integer: 07",
        "RangeError: The header X-Share is no number: NaN",
        "RangeError: The header X-Last is no boolean: yes",
        "RangeError: The header X-Ids is no integer: a",
        "RangeError: The header X-Long is no integer: 1.0",
        "RangeError: The answer has no header X-Count.",
        {"xMixed": "1"},
        {"xCount": "07"},
    ]  # fmt: skip
