"""Numbers, dates and lists in URLs and headers: what is no JSON number, or no date of RFC 3339, is refused."""

from uuid import UUID

import pytest
from compiler.serving import recording

DOCUMENT = """
openapi: 3.1.0
info: {title: Scalars, version: '1'}
paths:
  /at/{day}/{amount}:
    get:
      operationId: at
      parameters:
        - {name: day, in: path, required: true, schema: {type: string, format: date}}
        - {name: amount, in: path, required: true, schema: {type: number}}
        - {name: since, in: query, schema: {type: string, format: date-time}}
        - {name: flags, in: query, schema: {type: array, items: {type: boolean}}}
        - {name: counts, in: query, explode: false, schema: {type: array, items: {type: integer, minimum: 1}}}
        - {name: amounts, in: query, schema: {type: array, items: {type: number}}}
        - {name: either, in: query, schema: {type: [integer, boolean]}}
        - {name: when, in: query, schema: {anyOf: [{type: string, format: date}, {type: string, format: date-time}]}}
        - {name: id, in: query, schema: {type: string, format: uuid}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: string, format: uuid}}}
        - {name: plain_name, in: header, schema: {type: string}}
        - {name: X-Kinds, in: header, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: X-Sizes, in: header, schema: {type: array, items: {type: integer}}}
        - {name: X-Point, in: header, schema: {type: object, additionalProperties: false, properties: {x: {type: integer}, y: {type: integer}}}}
      responses: {'204': {description: taken}}
  /choice:
    get:
      operationId: choice
      parameters:
        - {name: size, in: query, schema: {$ref: '#/components/schemas/Size'}}
        - {name: sizes, in: query, schema: {type: array, items: {$ref: '#/components/schemas/Size'}}}
        - {name: always, in: query, schema: {type: boolean, enum: [true]}}
        - {name: share, in: query, schema: {type: number, enum: [0.5, 2]}}
        - {name: mixed, in: query, schema: {enum: [auto, 1, true]}}
      responses: {'204': {description: taken}}
  /form:
    post:
      operationId: form
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                counts: {type: array, items: {type: integer}}
                names: {type: array, items: {type: string}}
                day: {type: string, format: date}
                id: {type: string, format: uuid}
                always: {type: boolean, const: true}
      responses: {'204': {description: taken}}
components: {schemas: {Size: {type: integer, enum: [1, 20]}}}
"""
ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.fixture
def made(packages):
    return packages.written("http_scalars", DOCUMENT)


@pytest.fixture
async def served(made):
    async with recording(made) as served:
        yield served


async def test_texts_become_the_numbers_and_dates_that_they_are(served):
    browser, taken = served
    given = await browser.get(
        "/at/2024-02-29/1.5e3?since=2024-02-29T01:02:03.5%2B02:00&flags=true&flags=false&counts=1,2"
        "&amounts=1&amounts=2.5&either=1&when=2024-02-29"
        f"&id={ID}&ids={ID},{ID.upper()}"
    )
    assert given.status_code == 204, given.text
    found = taken[0]
    assert (found["day"].isoformat(), found["amount"]) == ("2024-02-29", 1500)
    assert found["since"].isoformat() == "2024-02-29T01:02:03.500000+02:00"
    assert (found["flags"], found["counts"], found["amounts"]) == ([True, False], [1, 2], [1, 2.5])
    assert found["either"] == 1
    assert (found["id"], found["ids"]) == (UUID(ID), [UUID(ID)] * 2)
    assert found["when"].isoformat() == "2024-02-29"


async def test_other_spellings_are_refused(served):
    browser, taken = served
    for path in ("1709164800/1", "20240229/1", "2023-02-29/1", "2024-02-29/NaN", "2024-02-29/Infinity",
                 "2024-02-29/1_0", "2024-02-29/+1", "2024-02-29/ 1", "2024-02-29/1e999", "2024-02-29/.5"):  # fmt: skip
        assert (await browser.get(f"/at/{path}")).status_code == 422, path
    for query in ("since=1709164800", "since=2024-02-29", "since=2024-02-29T01:02:03", "flags=1", "flags=on",
                  "counts=1.0", "counts=1_0", "counts=0", "amounts=inf", "either=yes", "when=1709164800",
                  "id=3f2504e04f8911d39a0c0305e82c3301", "id={3f2504e0-4f89-11d3-9a0c-0305e82c3301}",
                  "id=urn:uuid:3f2504e0-4f89-11d3-9a0c-0305e82c3301", "ids=3f2504e04f8911d39a0c0305e82c3301"):  # fmt: skip
        assert (await browser.get(f"/at/2024-02-29/1?{query}")).status_code == 422, query
    assert taken == []


async def test_spaces_around_the_items_of_a_header_mean_nothing(served):
    browser, taken = served
    headers = [
        ("X-Kinds", "a, b"),
        ("X-Kinds", "a"),
        ("X-Sizes", "1,\t2 , 3"),
        ("X-Point", "x, 1, y,2"),
    ]
    assert (await browser.get("/at/2024-02-29/1", headers=headers)).status_code == 204
    assert taken[0]["kinds"] == ["a", "b", "a"]
    assert taken[0]["sizes"] == [1, 2, 3]
    assert taken[0]["point"].model_dump() == {"x": 1, "y": 2}


async def test_members_of_forms_are_read_the_same_way(served):
    browser, taken = served
    right = {"counts": ["1", "2"], "names": ["a"], "day": "2024-02-29", "always": "true"}
    assert (await browser.post("/form", data=right)).status_code == 204
    assert (taken[0]["counts"], taken[0]["names"], taken[0]["always"]) == ([1, 2], ["a"], True)
    for wrong in ({"counts": "1_0"}, {"day": "1709164800"}, {"always": "false"}, {"id": "0" * 32}):
        assert (await browser.post("/form", data=wrong)).status_code == 422, wrong


async def test_choices_of_numbers_and_booleans_are_read_from_texts(served):
    browser, taken = served
    for query, found in (
        ("size=20&sizes=1&sizes=20", {"size": 20, "sizes": [1, 20]}),
        ("always=true&share=0.5", {"always": True, "share": 0.5}),
        ("share=2&mixed=auto", {"share": 2, "mixed": "auto"}),
        ("mixed=1", {"mixed": 1}), ("mixed=true", {"mixed": True}),
    ):  # fmt: skip
        assert (await browser.get(f"/choice?{query}")).status_code == 204, query
        assert taken.pop() == found
    for wrong in (
        "size=20.0",
        "size=2",
        "sizes=1.0",
        "always=false",
        "always=1",
        "share=3",
        "mixed=2",
    ):
        assert (await browser.get(f"/choice?{wrong}")).status_code == 422, wrong


async def test_a_header_whose_name_has_an_underscore_is_read(served):
    browser, taken = served
    headers = {"plain_name": "a", "plain-name": "b"}
    assert (await browser.get("/at/2024-02-29/1", headers=headers)).status_code == 204
    assert taken[0]["plain_name"] == "a"


def test_the_interface_has_plain_types(made, strictly_checked):
    text = made.text("http/default.py")
    assert "counts: list[int] | None," in text
    strictly_checked(made)


SINGLE = """
openapi: 3.1.0
info: {title: Single, version: '1'}
paths:
  /a:
    get:
      operationId: a
      parameters:
        - {name: texts, in: query, schema: {anyOf: [{type: array, items: {type: string}}, {type: string}, {type: 'null'}]}}
        - {name: counts, in: query, schema: {oneOf: [{type: integer}, {type: array, items: {type: integer}}], default: 5}}
      responses: {'204': {description: taken}}
  /many: {get: {operationId: many, parameters: [{name: l, in: query, schema: {anyOf: [{type: array, minItems: 2, items: {type: string}}, {type: string}]}}], responses: {'204': {description: ok}}}}
  /other: {get: {operationId: other, parameters: [{name: l, in: query, schema: {anyOf: [{type: array, items: {type: string}}, {type: integer}]}}], responses: {'204': {description: ok}}}}
  /joined: {get: {operationId: joined, parameters: [{name: l, in: query, explode: false, schema: {anyOf: [{type: array, items: {type: string}}, {type: string}]}}], responses: {'204': {description: ok}}}}
  /header: {get: {operationId: header, parameters: [{name: l, in: header, schema: {anyOf: [{type: array, items: {type: string}}, {type: string}]}}], responses: {'204': {description: ok}}}}
"""


async def test_a_parameter_that_is_a_value_or_a_list_of_them_is_a_list(packages, strictly_checked):
    made = packages.written("http_single", SINGLE)
    strictly_checked(made)
    async with recording(made) as (browser, taken):
        for query in ("", "?texts=x,y&counts=1", "?texts=x&texts=y&counts=1&counts=2"):
            assert (await browser.get(f"/a{query}")).status_code == 204
        assert (await browser.get("/a?counts=x")).status_code == 422
    assert taken == [
        {"counts": [5]},
        {"texts": ["x,y"], "counts": [1]},
        {"texts": ["x", "y"], "counts": [1, 2]},
    ]
    left = [f"the operation {name}" for name in ("many", "other", "joined", "header")]
    assert [told.partition(": ")[0] for told in made.omissions] == left
