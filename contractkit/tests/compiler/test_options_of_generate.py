"""Parts, templates of one's own, types of int64, and contracts of which nothing has code."""

import httpx
import pytest
from fastapi import FastAPI

from contractkit.errors import SpecError, UnsupportedError, UsageError
from contractkit.generator.generate import generate
from contractkit.options import Options
from contractkit.parts import PARTS

DOCUMENT = """
openapi: 3.1.0
info: {title: Parts, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A: {type: object, properties: {id: {type: integer, format: int64}, n: {type: integer, format: int32}}}
"""


@pytest.fixture
def options(tmp_path):
    (tmp_path / "o.yaml").write_text(DOCUMENT)
    return lambda **given: Options(tmp_path, "o.yaml", None, tmp_path / "generated", **given)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "messaging"])
def test_one_part_is_written_and_no_other(options, part):
    made = options(only=frozenset({part}))
    generate(made)
    expected = {"http": {"http", "models"}}.get(part, {part})
    assert {file.name for file in made.output.iterdir() if file.is_dir()} == expected


@pytest.mark.parametrize("kind", ["number", "string", "bigint"])
def test_int64_has_the_type_that_is_asked_for(options, kind):
    made = options(typescript_int64=kind, only=frozenset({"typescript"}))
    generate(made)
    text = (made.output / "typescript/src/models.ts").read_text()
    assert f"id?: {kind};" in text
    assert "n?: number;" in text


def test_a_template_replaces_contractkits(options, tmp_path):
    folder = tmp_path / "mine"
    (folder / "http").mkdir(parents=True)
    (folder / "http/init.py.jinja").write_text('{{ header }}\n"""Ours."""\n')
    made = options(templates=folder, only=frozenset({"http"}))
    generate(made)
    assert '"""Ours."""' in (made.output / "http/__init__.py").read_text()
    assert "router" in (made.output / "http/default.py").read_text()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("http/init.py.jinja", "{% if %}", "can't be rendered"),
        ("http/init.py.jinja", "{{ nothing }}", "can't be rendered"),
        ("http/inti.py.jinja", "", "replaces nothing"),
        (None, "", "is not a folder"),
    ],
)
def test_a_wrong_template_is_told(options, tmp_path, name, text, words):
    folder = tmp_path / "mine"
    if name is not None:
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    with pytest.raises(UsageError, match=words):
        generate(options(templates=folder, only=frozenset({"http"})))


FORMATS = """
openapi: 3.1.0
info: {title: Formats, version: '1'}
paths:
  /a:
    post:
      operationId: a
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Host'}}}}
      responses: {'204': {description: ok}}
components: {schemas: {Host: {type: object, additionalProperties: false, properties: {at: {type: string, format: ipv4}}}}}
"""


@pytest.mark.parametrize("asserted", [False, True])
async def test_formats_are_asserted_where_that_is_asked_for(packages, asserted):
    made = packages.written(f"formats_{asserted}", FORMATS, assert_formats=asserted)
    http = made.module("http.default")

    async def a(self, *, body):
        return None

    app = FastAPI()
    app.include_router(http.build_default_router(type("Api", (http.DefaultApi,), {"a": a})()))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/a", json={"at": "192.0.2.1"})).status_code == 204
        wrong = await client.post("/a", json={"at": "192.0.2.256"})
    assert wrong.status_code == (422 if asserted else 204)


def test_a_contract_of_which_nothing_has_code_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\n"
        "servers: {k: {host: localhost, protocol: kafka}}\n"
        "channels: {a: {address: a, messages: {m: {payload: {schemaFormat: 'application/vnd.apache.avro', schema: {type: string}}}}}}\n"
        "operations: {sendA: {action: send, channel: {$ref: '#/channels/a'}}}\n"
    )
    with pytest.raises(UnsupportedError, match="Nothing of the contract can be generated"):
        generate(Options(tmp_path, None, "a.yaml", tmp_path / "generated"))
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize(
    ("kind", "section", "text"),
    [
        ("openapi", "paths", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"),
        ("openapi", "webhooks", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nwebhooks: []\n"),
        ("asyncapi", "channels", "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\nchannels: x\n"),
        ("asyncapi", "channels", "asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\nchannels: []\n"),
    ],
)
def test_a_section_that_is_no_object_is_told(tmp_path, kind, section, text):
    (tmp_path / "d.yaml").write_text(text)
    documents = ("d.yaml", None) if kind == "openapi" else (None, "d.yaml")
    with pytest.raises(UnsupportedError, match=f"`{section}`: An object is expected here") as told:
        generate(Options(tmp_path, *documents, tmp_path / "generated"))
    assert told.value.location.line == 3


def test_beside_a_section_that_is_no_object_the_rest_is_generated(options, tmp_path):
    (tmp_path / "o.yaml").write_text(f"{DOCUMENT}webhooks: null\n")
    result = generate(options())
    assert [omission.subject for omission in result.omissions] == ["`webhooks`"]
    with pytest.raises(SpecError, match="An object is expected here"):
        generate(options(strict=True))
