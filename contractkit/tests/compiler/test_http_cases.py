"""Documents by which other compilers lose operations, types or requests."""

import uuid
from datetime import UTC, date, datetime

import pytest
from compiler.serving import client, implement
from pydantic import TypeAdapter, ValidationError

from contractkit.errors import UnsupportedError
from contractkit.generator.generate import generate
from contractkit.options import Options


async def test_an_export_of_fastapi_passes_traffic(packages):
    made = packages.of("fastapi_export")
    http, models = made.module("http.default"), made.module("models.fastapi_export")

    async def read(self, *, item_id, q):
        return models.Item(name=f"{item_id} {q}", price=None)

    async def create(self, *, body):
        if body.name == "bad":
            detail = [models.ValidationError(loc=["body", 1], msg="No", type="bad")]
            raise http.CreateItemsPost422Error(models.HTTPValidationError(detail=detail))
        return body

    api = implement(http.DefaultApi, read_item_items_item_id_get=read, create_items_post=create)
    async with client(http.build_default_router(api)) as browser:
        assert (await browser.get("/items/3?q=x")).json() == {"name": "3 x", "price": None}
        assert (await browser.get("/items/x")).status_code == 422
        made_item = await browser.post("/items", json={"name": "a", "price": 2.5})
        assert (made_item.status_code, made_item.json()) == (201, {"name": "a", "price": 2.5})
        refused = await browser.post("/items", json={"name": "bad"})
        assert (refused.status_code, refused.json()["detail"][0]["msg"]) == (422, "No")


async def test_an_error_with_a_body_of_its_own_is_raised(packages):
    made = packages.of("o_422")
    http, models = made.module("http.default"), made.module("models.o_422")

    async def ev(self):
        raise http.Ev422Error(models.Ev422Response(detail="no"))

    async with client(http.build_default_router(implement(http.DefaultApi, ev=ev))) as browser:
        answer = await browser.get("/e")
    assert (answer.status_code, answer.json()) == (422, {"detail": "no"})


def test_defaults_are_of_the_type_of_their_field(packages):
    made = packages.of("o_defaults")
    models = made.module("models.o_defaults")
    found = models.K()
    assert found.d == date(2024, 1, 1)
    assert found.u == uuid.UUID("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
    assert found.dt == datetime(2024, 1, 1, tzinfo=UTC)
    assert found.o == models.Obj(q=1)
    assert (found.e, found.l) == (models.E.b, [models.E.a])
    assert found.quote == 'a"b\'c\\n\n"""'
    assert ["bad" in omission for omission in made.omissions] == [True]
    found.model_dump_json(warnings="error")


def test_a_discriminator_on_a_parent_dispatches_and_pins(packages):
    models = packages.of("o_discinherit").module("models.o_discinherit")
    pet = TypeAdapter(models.Pet)
    cat = pet.validate_python({"kind": "cat", "name": "Tom", "lives": 9})
    assert isinstance(cat, models.Cat)
    assert pet.dump_python(cat) == {"kind": "cat", "name": "Tom", "lives": 9}
    assert isinstance(pet.validate_python({"kind": "dog"}), models.Dog)
    for wrong in ({"kind": "cow"}, {"name": "x"}):
        with pytest.raises(ValidationError):
            pet.validate_python(wrong)
    with pytest.raises(ValidationError):
        models.Cat.model_validate({"kind": "dog"})


def test_an_enumeration_of_lists_is_a_type(packages):
    assert packages.of("o_enumobj").module("models.o_enumobj").K is not None


def test_a_type_of_json_is_no_circle_in_typescript(packages):
    text = packages.of("o_jsonalias").text("typescript/src/models.ts")
    assert "Record<" not in text
    assert "{ [key: string]: Json }" in text


def test_members_by_pattern_are_of_their_types(packages):
    made = packages.of("o_patterntwo")
    kind = TypeAdapter(made.module("models.o_patterntwo").K)
    assert kind.validate_python({"x-a": "1", "n1": 2}) == {"x-a": "1", "n1": 2}
    assert "never" not in made.text("typescript/src/models.ts")


async def test_a_file_is_uploaded(packages):
    http = packages.of("o_req_multipart").module("http.t")
    taken = []

    async def up(self, *, f):
        taken.append(await f.read())

    async with client(http.build_t_router(implement(http.TApi, up=up))) as browser:
        answer = await browser.post("/x", files={"f": ("a.txt", b"content")})
    assert (answer.status_code, taken) == (204, [b"content"])


def test_an_event_stream_with_a_plain_schema(packages):
    made = packages.of("o_ssemin")
    assert 'event: "message"; data: models.' in made.text("typescript/src/events.ts")
    assert made.module("http.default").build_default_router is not None


def test_tags_whose_names_become_one_word_share_a_module(packages):
    http = packages.of("o_tagcollide").module("http.user_data")
    router = http.build_user_data_router(implement(http.UserDataApi))
    assert {route.path for route in router.routes} == {"/a1", "/a2", "/a3"}


MIXED = """
openapi: 3.1.0
info: {title: Mixed, version: 1}
paths:
  /users:
    post:
      operationId: constructor
      parameters:
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}}
      security: [{}, {key: []}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
  /text:
    put:
      requestBody: {required: true, content: {text/plain: {schema: {type: string}}}}
      responses: {'200': {description: ok, content: {text/plain: {schema: {type: string}}}}}
  /any:
    put:
      requestBody: {required: true, content: {application/xml: {schema: {type: object}}}}
      responses: {'200': {description: ok, content: {image/png: {}}}, '204': {description: none}}
  /名前: {get: {operationId: 名前, tags: [名前], responses: {default: {description: ok}}}}
  /名称: {get: {operationId: 名称, tags: [名称], responses: {'302': {description: there}}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: x-key}}
  schemas:
    User:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        secret: {type: string, writeOnly: true}
      additionalProperties: false
"""


@pytest.fixture
def mixed(packages):
    return packages.written("mixed", MIXED)


async def test_the_sides_see_their_members_and_lists_are_read_from_one_text(mixed):
    http, models = mixed.module("http.default"), mixed.module("models.mixed")
    taken = []

    async def constructor(self, principal, *, ids, body):
        taken.append((principal, ids, body))
        return models.UserResponse(id=1, name=body.name)

    async def nobody() -> None:
        return None

    api = implement(http.DefaultApi, constructor=constructor)
    router = http.build_default_router(api, optional_principal=nobody)
    async with client(router) as browser:
        order = {"name": "Ada", "secret": "x"}
        answer = await browser.post("/users?ids=1,2", json=order)
        assert answer.json() == {"id": 1, "name": "Ada"}
        assert (await browser.post("/users", json={**order, "id": 1})).status_code == 422
    assert taken == [(None, [1, 2], models.UserRequest(**order))]
    assert "  constructor2(" in mixed.text("typescript/src/client.ts")


async def test_text_and_bytes(mixed):
    http = mixed.module("http.default")

    async def put_text(self, *, body):
        return body.upper()

    async def put_any(self, *, body):
        return http.PutAnyReply(body=body[::-1])

    async def nobody() -> None:
        return None

    api = implement(http.DefaultApi, put_text=put_text, put_any=put_any)
    async with client(http.build_default_router(api, optional_principal=nobody)) as browser:
        answer = await browser.put("/text", content="grüß")
        assert (answer.text, answer.headers["content-type"][:10]) == ("GRÜSS", "text/plain")
        assert (await browser.put("/text", content=b"\xff")).status_code == 422
        answer = await browser.put("/any", content=b"<a/>")
        assert (answer.content, answer.headers["content-type"]) == (b">/a<", "image/png")


def test_names_without_ascii_letters_are_two_names(mixed):
    names = {path.stem for path in (mixed.folder / "http").glob("*.py")}
    assert len(names - {"__init__", "default", "operations", "responses"}) == 2
    assert not any("unnamed" in name for name in names)


def test_swagger_is_refused_with_the_name_of_a_converter(tmp_path):
    (tmp_path / "old.yaml").write_text(
        "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n"
    )
    with pytest.raises(UnsupportedError, match="swagger2openapi"):
        generate(Options(tmp_path, "old.yaml", None, tmp_path / "generated"))
