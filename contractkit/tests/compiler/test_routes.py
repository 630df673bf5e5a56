"""Paths that Starlette would route otherwise than OpenAPI says, and forms with JSON in them."""

import json
from datetime import date

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Routes, version: '1'}
paths:
  /u/{id}: {get: {operationId: one, tags: [a], parameters: [{$ref: '#/components/parameters/id'}], responses: {'204': {description: d}}}}
  /u/me: {get: {operationId: me, tags: [a], responses: {'204': {description: d}}}}
  /u/you: {get: {operationId: you, tags: [b], responses: {'204': {description: d}}}}
  /a%20b/{my-id}/{class}: {get: {operationId: odd, tags: [a], parameters: [{name: my-id, in: path, required: true, schema: {type: string}}, {name: class, in: path, required: true, schema: {type: integer}}], responses: {'204': {description: d}}}}
  /l/{my-list}: {get: {operationId: listed, tags: [a], parameters: [{name: my-list, in: path, required: true, style: label, schema: {type: array, items: {type: integer}}}], responses: {'204': {description: d}}}}
  /d/{x}/{x}: {get: {operationId: twice, tags: [a], parameters: [{name: x, in: path, required: true, schema: {type: string}}], responses: {'204': {description: d}}}}
  /g: {get: {operationId: ghost, tags: [a], parameters: [{$ref: '#/components/parameters/id'}], responses: {'204': {description: d}}}}
  /n/{unread}: {get: {operationId: unread, tags: [a], responses: {'204': {description: d}}}}
  /x-y: {get: {operationId: getThing, tags: [c], responses: {'204': {description: d}}}}
  /x_y: {get: {operationId: get-thing, tags: [c], responses: {'204': {description: d}}}}
  /xy: {get: {operationId: get_thing, tags: [c], responses: {'204': {description: d}}}}
  /q:
    get:
      operationId: defaults
      tags: [d]
      parameters:
        - {name: e, in: query, schema: {type: array, items: {$ref: '#/components/schemas/E'}, default: [a]}}
        - {name: wrong, in: query, schema: {type: string, enum: [a], default: z}}
        - {name: day, in: query, schema: {type: string, format: date, default: someday}}
        - {name: since, in: query, schema: {type: string, format: date, default: '2026-01-31'}}
        - {name: any, in: query, schema: {}}
        - {name: ref, in: query, schema: {$ref: '#/components/schemas/E', default: b}}
      responses: {'204': {description: d}}
  /form:
    post:
      operationId: form
      tags: [d]
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [grid, who]
              properties:
                grid: {type: array, items: {type: array, items: {type: integer}}}
                who: {type: object, required: [class], properties: {class: {type: string, pattern: '\\p{L}'}}}
                more: {type: object, properties: {a: {type: integer}}}
      responses: {'204': {description: d}}
components:
  parameters: {id: {name: id, in: path, required: true, schema: {type: string}}}
  schemas: {E: {type: string, enum: [a, b]}}
"""


def made(packages):
    return packages.written("routes", DOCUMENT)


def recorder(interface, taken):
    def method(name):
        async def take(self, **given):
            taken.append((name, given))

        return take

    names = interface.__abstractmethods__
    return implement(interface, **{name: method(name) for name in names})


async def test_the_more_literal_path_wins_and_names_need_be_no_identifiers(packages):
    http = made(packages).module("http.a")
    taken = []
    async with client(http.build_a_router(recorder(http.AApi, taken))) as browser:
        for path in ("/u/1", "/u/me", "/a%20b/x/3", "/l/.1,2", "/n/7"):
            assert (await browser.get(path)).status_code == 204, path
    assert taken == [
        ("one", {"id": "1"}), ("me", {}), ("odd", {"my_id": "x", "class_": 3}),
        ("listed", {"my_list": [1, 2]}), ("unread", {}),
    ]  # fmt: skip
    assert "Include it before the\n    router of `build_a_router`" in made(packages).text(
        "http/b.py"
    )


def test_paths_that_contradict_their_parameters_are_told(packages):
    told = " ".join(made(packages).omissions)
    assert "the operation twice" in told
    assert "the operation ghost" in told
    assert "{unread} of the operation unread" in told


def test_operations_of_one_name_in_code_have_three_in_the_client(packages):
    text = made(packages).text("typescript/src/client.ts")
    assert all(f"  {name}(" in text for name in ("getThing", "getThing2", "getThing3"))


async def test_defaults_are_values_of_their_type_or_told(packages):
    http = made(packages).module("http.d")
    taken = []
    async with client(http.build_d_router(recorder(http.DApi, taken))) as browser:
        assert (await browser.get("/q")).status_code == 204
    assert taken[0][1] == {
        "e": ["a"],
        "wrong": None,
        "day": None,
        "any": None,
        "ref": "b",
        "since": date(2026, 1, 31),
    }
    told = " ".join(made(packages).omissions)
    assert "the default of wrong" in told
    assert "the default of day" in told


async def test_parts_of_multipart_forms_are_json(packages):
    http = made(packages).module("http.d")
    taken = []
    async with client(http.build_d_router(recorder(http.DApi, taken))) as browser:
        who = json.dumps({"class": "é"})
        parts = [("grid", (None, "[1]")), ("grid", (None, "[2,3]")), ("who", (None, who))]
        assert (await browser.post("/form", files=parts)).status_code == 204
        for wrong in ("[", "{}", json.dumps({"class": "1"}), json.dumps({"class_": "é"})):
            parts[-1] = ("who", (None, wrong))
            assert (await browser.post("/form", files=parts)).status_code == 422, wrong
    ((_, given),) = taken
    assert (given["grid"], given["who"].class_, given["more"]) == ([[1], [2, 3]], "é", None)


def test_all_of_it_is_typed(packages, strictly_checked):
    strictly_checked(made(packages))


SHARED = """
openapi: 3.1.0
info: {title: Shared, version: '1'}
paths:
  /days/{from}-{to}:
    get:
      operationId: days
      parameters: [{name: from, in: path, required: true, schema: {type: string, format: date}}, {name: to, in: path, required: true, schema: {type: string, format: date}}]
      responses: {'204': {description: d}}
  /numbered/{number}-{word}:
    get:
      operationId: numbered
      parameters: [{name: number, in: path, required: true, schema: {type: integer}}, {name: word, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: d}}
  /kinds/{kind}-{my-word}.{ending}/{id}:
    get:
      operationId: kinds
      parameters:
        - {name: kind, in: path, required: true, schema: {$ref: '#/components/schemas/Kind'}}
        - {name: my-word, in: path, required: true, schema: {type: string, pattern: '^[a-z.]+$'}}
        - {name: ending, in: path, required: true, schema: {enum: [gz, tar.gz]}}
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses: {'204': {description: d}}
  /words/{a}-{b}:
    get:
      operationId: words
      parameters: [{name: a, in: path, required: true, schema: {type: string}}, {name: b, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: d}}
components: {schemas: {Kind: {allOf: [{enum: [new, new-ish]}]}}}
"""


@pytest.mark.parametrize("fast", [False, True])
async def test_parameters_in_one_part_of_a_path_are_told_apart_by_their_schemas(
    packages, strictly_checked, fast
):
    paths = frozenset({"http"}) if fast else frozenset()
    made = packages.written(f"shared_parts_{fast}", SHARED, fast_paths=paths)
    strictly_checked(made)
    http = made.module("http.default")
    taken = []
    router = http.build_default_router(recorder(http.DefaultApi, taken))
    async with client(router) as browser:
        for path in (
            "/days/2024-02-28-2024-03-01", "/numbered/1-a-b", "/numbered/-1--2", "/numbered/1-a%2F-b",
            "/kinds/new-ish-a.b.tar.gz/7", "/words/a-b-c",
        ):  # fmt: skip
            assert (await browser.get(path)).status_code == 204, path
        assert (await browser.get("/numbered/a-b")).status_code == 422
        assert (await browser.get("/numbered/12")).status_code == 404
    assert taken == [
        ("days", {"from_": date(2024, 2, 28), "to": date(2024, 3, 1)}),
        ("numbered", {"number": 1, "word": "a-b"}),
        ("numbered", {"number": -1, "word": "-2"}),
        ("numbered", {"number": 1, "word": "a/-b"}),
        ("kinds", {"kind": "new-ish", "my_word": "a.b.tar", "ending": "gz", "id": 7}),
        ("words", {"a": "a-b", "b": "c"}),
    ]
