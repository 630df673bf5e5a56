"""Forms: defaults, members that say more than their type, encodings, and what a whole form may have."""

import pytest
from compiler.serving import recording

DOCUMENT = """
openapi: 3.1.0
info: {title: Forms, version: '1'}
paths:
  /defaults:
    post:
      operationId: defaults
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                kind: {type: string, enum: [a, b], default: a}
                flag: {type: boolean, default: true}
                day: {type: string, format: date, default: '2024-01-01'}
                names: {type: array, items: {type: string}, default: [x]}
                odd: {type: array, uniqueItems: true, items: {type: integer}, default: [1, 2]}
                bad: {type: integer, default: x}
      responses: {'204': {description: taken}}
  /strong:
    post:
      operationId: strong
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                ids: {type: array, uniqueItems: true, items: {type: integer}}
                word: {type: string, not: {const: x}}
                either: {oneOf: [{type: integer, minimum: 10}, {type: string, not: {const: x}}]}
                joined: {type: array, items: {type: integer}}
                piped: {type: array, uniqueItems: true, items: {type: string}}
                point: {type: object, required: [x], properties: {x: {type: integer}}}
                points: {type: array, items: {type: object, properties: {x: {type: integer}}}}
            encoding:
              joined: {style: form, explode: false}
              piped: {style: pipeDelimited}
              point: {contentType: application/json}
              points: {contentType: application/json}
      responses: {'204': {description: taken}}
  /optional:
    post:
      operationId: optional
      requestBody: {content: {multipart/form-data: {schema: {type: object, required: [a], properties: {a: {type: string}, f: {type: string, format: binary}}}}}}
      responses: {'204': {description: taken}}
  /composed:
    post:
      operationId: composed
      requestBody: {required: true, content: {multipart/form-data: {schema: {allOf: [{$ref: '#/components/schemas/Upload'}, {type: object, required: [size], properties: {size: {type: integer}}}]}}}}
      responses: {'204': {description: taken}}
  /nameless:
    post:
      operationId: nameless
      requestBody: {required: true, content: {application/x-www-form-urlencoded: {}}}
      responses: {'204': {description: taken}}
  /closed:
    post:
      operationId: closed
      requestBody: {required: true, content: {multipart/form-data: {schema: {type: object, minProperties: 1, additionalProperties: false, properties: {a: {type: string}}}}}}
      responses: {'204': {description: taken}}
components: {schemas: {Upload: {type: object, required: [file, note], properties: {file: {type: string, format: binary}, note: {type: string}}}}}
"""


@pytest.fixture
def made(packages):
    return packages.written("http_forms", DOCUMENT)


@pytest.fixture
async def served(made):
    async with recording(made) as served:
        yield served


async def test_defaults_stand_for_what_a_form_leaves_out(served):
    browser, taken = served
    for data in ({"flag": "true"}, {"kind": "b", "flag": "false", "names": ["y"], "odd": "3"}):
        assert (await browser.post("/defaults", data=data)).status_code == 204
    assert [found.pop("day").isoformat() for found in taken] == ["2024-01-01"] * 2
    assert taken == [
        {"kind": "a", "flag": True, "names": ["x"], "odd": [1, 2]},
        {"kind": "b", "flag": False, "names": ["y"], "odd": [3]},
    ]


async def test_members_pass_their_schema(served):
    browser, taken = served
    right = {"ids": ["1", "2"], "word": "y", "either": "12"}
    assert (await browser.post("/strong", data=right)).status_code == 204
    assert taken.pop() == {"ids": [1, 2], "word": "y", "either": "12"}
    for wrong in ({"ids": ["1", "1"]}, {"ids": "x"}, {"word": "x"}, {"either": "x"}):
        assert (await browser.post("/strong", data=wrong)).status_code == 422, wrong


async def test_encodings_say_how_members_travel(served):
    browser, taken = served
    data = {"joined": "1,2", "piped": "a|b", "point": '{"x": 1}', "points": ['{"x": 2}', "{}"]}
    assert (await browser.post("/strong", data=data)).status_code == 204
    found = taken.pop()
    assert (found["joined"], found["piped"]) == ([1, 2], ["a", "b"])
    assert (found["point"].x, found["points"][0].x) == (1, 2)
    for wrong in ({"piped": "a|a"}, {"joined": "1,x"}, {"point": "{}"}, {"point": "{"}):
        assert (await browser.post("/strong", data=wrong)).status_code == 422, wrong


async def test_a_form_has_the_members_of_all_its_parts(served):
    browser, taken = served
    file = {"file": ("a", b"1")}
    given = await browser.post("/composed", files=file, data={"note": "n", "size": "3"})
    assert (given.status_code, taken[0]["note"], taken[0]["size"]) == (204, "n", 3)
    for data in ({"note": "n"}, {"size": "3"}, {"note": "n", "size": "x"}):
        assert (await browser.post("/composed", files=file, data=data)).status_code == 422, data


async def test_a_form_has_what_it_must_and_may_have(served):
    browser, taken = served
    for data in ({"f": "x"}, {"b": "1"}):
        sent = {name: (None, text) for name, text in data.items()}
        assert (await browser.post("/optional", files=sent)).status_code == 422, data
    assert (await browser.post("/optional")).status_code == 204
    assert (await browser.post("/optional", data={"a": "1"})).status_code == 204
    assert (await browser.post("/closed", data={"a": "1", "b": "2"})).status_code == 422
    assert (await browser.post("/closed", data={"a": "1"})).status_code == 204
    assert taken == [{}, {"a": "1"}, {"a": "1"}]


def test_what_nobody_checks_is_told_and_the_code_is_typed(made, strictly_checked):
    assert [omission.partition(":")[0] for omission in made.omissions] == [
        "the default of bad of the operation defaults", "the operation nameless",
        "minProperties of the form of closed",
    ]  # fmt: skip
    strictly_checked(made)


TYPED_FILES = """
openapi: 3.1.0
info: {title: Files, version: '1'}
paths:
  /files:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                photo: {}
                papers: {type: array, items: {type: string, contentMediaType: application/octet-stream}}
                note: {type: string}
                free: {type: string, format: binary}
            encoding:
              photo: {contentType: 'image/png, Image/JPEG'}
              papers: {contentType: text/*}
      responses: {'204': {description: taken}}
"""


async def test_a_file_has_one_of_the_types_that_its_encoding_names(packages):
    made = packages.written("typed_files", TYPED_FILES)
    assert made.omissions == []
    png, text = ("a", b"x", "image/png"), ("b", b"x", "text/csv; charset=utf-8")
    async with recording(made) as (browser, taken):
        for right in (
            [("photo", png)],
            [
                ("photo", ("a", b"x", "IMAGE/jpeg")),
                ("papers", text),
                ("papers", ("c", b"x", "text/plain")),
            ],
            [("free", ("a", b"x", "video/mp4"))],
        ):
            answer = await browser.post("/files", files=right)
            assert answer.status_code == 204, (right, answer.text)
        for name, wrong in (
            ("photo", [("photo", text)]),
            ("photo", [("photo", ("a", b"x", "application/octet-stream"))]),
            ("papers", [("papers", text), ("papers", png)]),
        ):
            answer = await browser.post("/files", files=wrong)
            assert answer.status_code == 422, wrong
            assert answer.json()["detail"][0]["loc"] == ["body", name]
        assert (
            "image/png or image/jpeg"
            in (await browser.post("/files", files=[("photo", text)])).text
        )
    assert len(taken) == 3


NAMES = """
openapi: 3.1.0
info: {title: Names, version: '1'}
paths:
  /:
    post:
      operationId: send
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                model_config: {type: string}
                model_dump: {type: string}
                model_fields: {type: array, items: {type: integer}}
                model_name: {type: string}
      responses: {'204': {description: taken}}
"""


async def test_members_may_have_names_that_pydantic_keeps_for_itself(packages):
    """FastAPI makes a model of the members: `model_config` kept the server from starting."""
    made = packages.written("form_names", NAMES)
    sent = {"model_config": "a", "model_dump": "b", "model_fields": ["1", "2"], "model_name": "c"}
    async with recording(made) as (http, taken):
        answer = await http.post("/", data=sent)
    assert answer.status_code == 204
    assert taken == [
        {
            "form_model_config": "a",
            "form_model_dump": "b",
            "form_model_fields": [1, 2],
            "model_name": "c",
        }
    ]
