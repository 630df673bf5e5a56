"""The page of an OpenAPI document that is nobody's in particular."""

import ast
import html
import json
import re
import subprocess

OPENAPI = """
openapi: 3.2.0
info: {title: Book Shop, version: '1', description: "# Big\\n\\n![logo](https://example.com/a.png) <b>raw</b>\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |"}
servers: [{url: /v1}]
paths:
  /books/{isbn}:
    parameters: [{name: isbn, in: path, required: true, schema: {type: string}, example: 97/8}]
    get:
      operationId: books/get
      security: [{key: []}]
      parameters: [{name: fields, in: query, required: true, schema: {type: array, items: {enum: [title, price]}}}]
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
        '404': {description: None., content: {application/problem+json: {examples: {gone: {value: {code: no_book, title: No such book}}}}}}
    put:
      operationId: writeBook
      security: [{basic: []}, {login: []}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
      responses: {'204': {description: Written.}}
  /covers:
    post:
      operationId: delete
      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {'204': {description: There.}}
  /news:
    get:
      operationId: news
      parameters: [{name: last-event-id, in: query, schema: {type: string}}]
      responses: {'200': {description: Live., content: {text/event-stream: {itemSchema: {oneOf: [{properties: {event: {const: sold}, data: {}}}, {properties: {event: {enum: [gone, back]}, data: {}}}]}}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: basic}
    login: {type: http, scheme: bearer}
  schemas:
    Book:
      type: object
      required: [title]
      properties:
        title: {type: string, maxLength: 9, description: "It's </script> name."}
        price: {type: [number, 'null'], minimum: 1}
        like: {type: array, items: {$ref: '#/components/schemas/Book'}}
        shelf: {type: object, properties: {row: {type: integer, default: 4}}}
"""


def samples_of(page, operation):
    section = page[page.index(f'id="operation-{operation}"') :].partition("</section>")[0]
    found = re.findall(
        r'class="sample[^"]*" data-kind="(\w+)">.*?<code>(.*?)</code>', section, re.DOTALL
    )
    return {kind: html.unescape(text) for kind, text in found}


def test_every_program_can_be_read_by_what_runs_it(pages):
    page = pages(OPENAPI)["http.html"]
    for operation in ("books_get", "writeBook", "delete", "news"):
        samples = samples_of(page, operation)
        ast.parse(samples["python"])
        subprocess.run(["bash", "-n", "-c", samples["curl"]], check=True)


def test_programs_send_what_is_required_with_the_scheme_s_credentials(pages):
    page = pages(OPENAPI)["http.html"]
    read, write = samples_of(page, "books_get"), samples_of(page, "writeBook")
    assert read["curl"] == (
        'curl \\\n  --header "X-Key: $TOKEN" \\\n  "$ORIGIN/v1/books/97%2F8?fields=title"'
    )
    assert "'title'" in read["python"]
    assert '"X-Key": os.environ["TOKEN"]' in read["python"]
    assert 'client.booksGet({ isbn: "97/8", fields: ["title"] })' in read["typescript"]
    assert "secrets: { key: process.env.TOKEN }" in read["typescript"]
    # Of two ways the bearer's is shown: it needs one secret.
    assert "Authorization: Bearer $TOKEN" in write["curl"]
    assert '"title": "text"' in write["curl"]
    assert "--form name=text" in samples_of(page, "delete")["curl"]
    assert "client.delete2(" in samples_of(page, "delete")["typescript"]


def test_a_stream_s_programs_read_it_and_open_it_again(pages):
    samples = samples_of(pages(OPENAPI)["http.html"], "news")
    assert "--no-buffer" in samples["curl"]
    assert "connect_sse" in samples["python"]
    assert "for await (const frame of news(client))" in samples["typescript"]
    assert 'const name of ["sold", "gone", "back"]' in samples["eventsource"]
    assert "EventSource.CLOSED" in samples["eventsource"]
    assert 'searchParams.set("last-event-id", cursor)' in samples["eventsource"]


def test_without_a_client_there_are_no_programs_of_it(pages):
    assert "typescript" not in samples_of(pages(OPENAPI, typescript=False)["http.html"], "news")


def test_a_page_without_try_it_carries_no_requests(pages):
    with_it, without = pages(OPENAPI)["http.html"], pages(OPENAPI, try_it=False)["http.html"]
    assert "data-try-it" in with_it
    assert "data-try-it" not in without.replace("[data-try-it]", "")
    data = r'<script type="application/json" id="requests">(.*?)</script>'
    known = json.loads(re.findall(data, with_it, re.DOTALL)[0])
    assert known["books/get"]["fields"] == [
        ["path", "isbn", True, "97/8", False],
        ["query", "fields", True, "title", True],
    ]
    assert known["writeBook"]["path"] == "/v1/books/{isbn}"
    assert re.findall(data, without, re.DOTALL) == ["{}"]
    assert 'class="try"' not in without


def test_links_lead_to_what_is_there_and_ids_are_unique(pages):
    page = pages(OPENAPI)["http.html"]
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {"schema-Book-title", "operation-books_get-path-isbn", "problem-no_book"} <= set(ids)


def test_nothing_of_a_description_is_fetched_obeyed_or_a_heading_of_the_page(pages):
    page = pages(OPENAPI)["http.html"]
    assert "<img" not in page
    assert '<a href="https://example.com/a.png">logo</a>' in page
    assert "&lt;b&gt;raw" in page
    assert '<p class="heading">Big</p>' in page
    assert "<td>1</td>" in page
    assert "It's &lt;/script&gt; name" in page


def test_two_schemas_of_the_same_name_are_two(pages, tmp_path):
    (tmp_path / "other.yaml").write_text("$defs: {Book: {type: object, properties: {pages: {}}}}")
    text = OPENAPI.replace(
        "'204': {description: Written.}",
        "'200': {description: Old., content: {application/json: {schema: {$ref: 'other.yaml#/$defs/Book'}}}}",
    )
    page = pages(text)["http.html"]
    assert 'id="schema-Book"' in page
    assert 'id="schema-Book_2"' in page
    assert 'id="schema-Book_2-pages"' in page


def test_five_hundred_operations_stay_small_enough_to_open_at_once(pages):
    """What a browser needs is in the number of elements; each schema is there once."""
    paths = "".join(
        f"  /t{n}:\n    get:\n      operationId: get{n}\n      responses: {{'200': {{description: It., "
        "content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}\n"
        for n in range(500)
    )
    page = pages(OPENAPI.replace("components:\n", f"{paths}components:\n", 1))["http.html"]
    assert page.count("<section") > 500
    assert page.count("</") < 30_000
    assert len(page) < 1_800_000
