"""Answers on the wire: bodies whose types have similar names, headers of every type, no content."""

from datetime import UTC, datetime

import pytest
from compiler.serving import client, implement

DOCUMENT = """
openapi: 3.1.0
info: {title: Replies, version: '1'}
paths:
  /loud: {get: {operationId: loud, responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/HTTPError'}}}}}}}
  /quiet: {get: {operationId: quiet, responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/HttpError'}}}}}}}
  /named:
    get:
      operationId: named
      responses:
        '200':
          description: ok
          headers: {X-A: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/NamedReply'}}}
        '409': {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Named409Error'}}}}
        '429':
          description: later
          headers: {Retry-After: {required: true, schema: {type: integer}}, X-Until: {schema: {type: string, format: date-time}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/HTTPError'}}}
  /headers:
    get:
      operationId: headers
      responses:
        '200':
          description: ok
          headers:
            X-Flag: {required: true, schema: {type: boolean}}
            X-When: {required: true, schema: {type: string, format: date-time}}
            X-List: {required: true, schema: {type: array, items: {type: integer}}}
            X-Kind: {required: true, schema: {$ref: '#/components/schemas/Kind'}}
            X-Share: {schema: {type: number}}
          content: {application/json: {schema: {type: array, items: {type: integer}}}}
        '204': {description: none}
components:
  schemas:
    HTTPError: {type: object, required: [a], properties: {a: {type: integer}}, additionalProperties: false}
    HttpError: {type: object, required: [b], properties: {b: {type: integer}}, additionalProperties: false}
    NamedReply: {type: object, properties: {c: {type: integer}}}
    Named409Error: {type: object, properties: {d: {type: integer}}}
    Kind: {type: string, enum: [x, y]}
"""


@pytest.fixture
def made(packages):
    return packages.written("http_replies", DOCUMENT)


def serve(made, **methods):
    http = made.module("http.default")
    return client(http.build_default_router(implement(http.DefaultApi, **methods)))


async def test_types_whose_names_differ_in_case_are_written_as_they_are(made):
    models = made.module("models.http_replies")

    async def loud(self):
        return models.HTTPError(a=1)

    async def quiet(self):
        return models.HttpError(b=2)

    async with serve(made, loud=loud, quiet=quiet) as browser:
        assert (await browser.get("/loud")).json() == {"a": 1}
        assert (await browser.get("/quiet")).json() == {"b": 2}


async def test_a_schema_may_be_called_like_the_class_of_a_reply_or_an_error(made):
    http, models = made.module("http.default"), made.module("models.http_replies")
    answers = [
        http.NamedReply(body=models.NamedReply(c=3), a="header"),
        http.Named409Error(models.Named409Error(d=4)),
    ]

    async def named(self):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with serve(made, named=named) as browser:
        first, second = await browser.get("/named"), await browser.get("/named")
    assert (first.json(), first.headers["x-a"]) == ({"c": 3}, "header")
    assert (second.status_code, second.json()) == (409, {"d": 4})


async def test_an_error_has_its_headers(made):
    http, models = made.module("http.default"), made.module("models.http_replies")
    until = datetime(2024, 2, 29, tzinfo=UTC)
    errors = [
        http.Named429Error(models.HTTPError(a=5), retry_after=7),
        http.Named429Error(models.HTTPError(a=5), retry_after=7, until=until),
    ]

    async def named(self):
        raise errors.pop(0)

    async with serve(made, named=named) as browser:
        first, second = await browser.get("/named"), await browser.get("/named")
    assert (first.status_code, first.json(), first.headers["retry-after"]) == (429, {"a": 5}, "7")
    assert "x-until" not in first.headers
    assert second.headers["x-until"] == "2024-02-29T00:00:00Z"


async def test_headers_are_spelled_as_json_spells_their_values(made):
    http, models = made.module("http.default"), made.module("models.http_replies")
    given = {
        "flag": True, "list_": [1, 2], "kind": models.Kind.x,
        "when": datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC),
    }  # fmt: skip
    answers = [
        http.HeadersReply(**given, body=[7], share=0.5),
        http.HeadersReply(**given, status=204),
    ]

    async def headers(self):
        return answers.pop(0)

    async with serve(made, headers=headers) as browser:
        full, empty = await browser.get("/headers"), await browser.get("/headers")
    told = {name: text for name, text in full.headers.items() if name.startswith("x-")}
    assert told == {
        "x-flag": "true", "x-when": "2024-02-29T01:02:03Z", "x-list": "1,2", "x-kind": "x", "x-share": "0.5",
    }  # fmt: skip
    assert (empty.status_code, empty.content) == (204, b"")
    assert "content-type" not in empty.headers


def test_the_code_is_typed_and_formatted(made, strictly_checked):
    strictly_checked(made)


STREAMS = """
openapi: 3.1.0
info: {title: Beside streams, version: '1'}
paths:
  /chat:
    post:
      operationId: chat
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {stream: {type: boolean}}}}}}
      responses:
        '200':
          description: ok
          content:
            text/event-stream: {schema: {type: object}}
            application/json: {schema: {$ref: '#/components/schemas/Whole'}}
        '409': {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /counted:
    get:
      operationId: counted
      responses:
        '200':
          description: ok
          headers: {X-Count: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Whole'}}, text/event-stream: {schema: {type: object}}}
        '202': {description: later, headers: {X-Count: {required: true, schema: {type: integer}}}, content: {text/event-stream: {schema: {type: object}}}}
  /mixed:
    get:
      operationId: mixed
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Whole'}}, text/event-stream: {schema: {type: object}}}}
        '201': {description: ok, content: {text/plain: {schema: {type: string}}}}
  /events: {get: {operationId: events, responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: object}}}}}}}
components:
  schemas:
    Whole: {type: object, required: [a], properties: {a: {type: integer}}, additionalProperties: false}
    Problem: {type: object, required: [b], properties: {b: {type: integer}}, additionalProperties: false}
"""


async def test_an_answer_beside_a_stream_has_its_type(packages, strictly_checked):
    made = packages.written("http_beside_streams", STREAMS)
    strictly_checked(made)
    http, models = made.module("http.default"), made.module("models.http_beside_streams")
    frames = http.Response("data: {}\n\n", media_type="text/event-stream")

    async def chat(self, *, body):
        if not isinstance(body.stream, bool):
            raise http.Chat409Error(models.Problem(b=2))
        return frames if body.stream else models.Whole(a=1)

    answers = [frames, http.CountedReply(body=models.Whole(a=3), count=4)]

    async def counted(self):
        return answers.pop(0)

    async def plain(self):
        return frames

    async with serve(made, chat=chat, counted=counted, mixed=plain, events=plain) as browser:
        streamed = await browser.post("/chat", json={"stream": True})
        whole = await browser.post("/chat", json={"stream": False})
        refused = await browser.post("/chat", json={})
        assert streamed.text == "data: {}\n\n"
        assert whole.json() == {"a": 1}
        assert (refused.status_code, refused.json()) == (409, {"b": 2})
        assert (await browser.get("/counted")).headers["content-type"].startswith("text/event-")
        told = await browser.get("/counted")
        assert (told.json(), told.headers["x-count"]) == ({"a": 3}, "4")
        for path in ("/mixed", "/events"):
            assert (await browser.get(path)).text == "data: {}\n\n"
    returned = made.text("http/default.py")
    assert "-> Response | Whole:" in returned
    assert "-> Response | CountedReply:" in returned


async def test_a_header_whose_schema_fits_no_text_is_one_and_is_told(packages):
    made = packages.written(
        "http_unfit_headers",
        """
openapi: 3.1.0
info: {title: Unfit, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses:
        '204':
          description: ok
          headers:
            X-Object: {required: true, schema: {type: object, properties: {a: {type: integer}}}}
            X-Json: {content: {application/json: {schema: {type: object}}}}
            X-Count: {schema: {type: integer}}
""",
    )
    assert [told.partition(",")[0] for told in made.omissions] == [
        "the type of the header X-Object of a",
        "the type of the header X-Json of a",
    ]
    http = made.module("http.default")

    async def a(self):
        return http.AReply(object="a,1", json='{"b":2}', count=3)

    async with serve(made, a=a) as browser:
        headers = (await browser.get("/a")).headers
    assert (headers["x-object"], headers["x-json"], headers["x-count"]) == ("a,1", '{"b":2}', "3")
