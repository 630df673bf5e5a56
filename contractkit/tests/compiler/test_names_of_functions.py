"""Operations and parameters that are called like something that generated modules use."""

import ast
from pathlib import Path

from compiler.serving import client, implement

NAMES = [
    "list", "dict", "str", "int", "float", "bool", "bytes", "tuple", "set", "date", "datetime",
    "publish", "parse", "request", "messages", "topology", "serialise", "conforms", "router",
    "api", "body", "headers", "payload", "re", "json", "type", "filter", "id", "format",
]  # fmt: skip
TYPES = {"list", "dict", "str", "int", "float", "bool", "bytes", "tuple", "set", "frozenset"}
LISTS = "{type: array, items: {type: integer, maximum: 5}}"


def http() -> str:
    parameters = "".join(
        f"{{name: {name}, in: {place}, schema: {{type: string, format: date}}}}, "
        for name, place in (("list", "query"), ("str", "query"), ("dict", "header"))
    )
    answer = f"{{'200': {{description: d, headers: {{X-A: {{schema: {{type: string}}}}}}, content: {{application/json: {{schema: {LISTS}}}}}}}}}"
    paths = "".join(
        f"  /{name}: {{post: {{operationId: {name}, parameters: [{parameters}{{name: sizes, in: query, schema: {LISTS}}}], responses: {answer}}}}}\n"
        for name in NAMES
    )
    return f"openapi: 3.1.0\ninfo: {{title: Words, version: '1'}}\npaths:\n{paths}"


def messaging() -> str:
    headers = "headers: {type: object, properties: {list: {type: string}, str: {type: integer}}}"
    channels = "".join(
        f"  c{index}: {{address: 'c{index}.{{day}}', parameters: {{day: {{}}}}, messages: {{m: {{{headers}, payload: {LISTS}}}}}}}\n"
        for index in range(len(NAMES))
    )
    operations = "".join(
        f"  {name}: {{action: {('send', 'receive')[index % 2]}, channel: {{$ref: '#/channels/c{index}'}}}}\n"
        for index, name in enumerate(NAMES)
    )
    return f"asyncapi: 3.0.0\ninfo: {{title: Words, version: '1'}}\nchannels:\n{channels}operations:\n{operations}"


async def test_an_operation_hides_nothing_that_its_module_uses(packages, strictly_checked):
    made = packages.written("words_http", http())
    assert made.omissions == []
    strictly_checked(made)
    module = made.module("http.default")

    async def answer(self, **given):
        reply = made.module("http.default").ListReply
        return reply(status=200, body=given["sizes"])

    names = dict.fromkeys(module.DefaultApi.__abstractmethods__, answer)
    assert "list_" in names
    async with client(
        module.build_default_router(implement(module.DefaultApi, **names))
    ) as browser:
        for name in NAMES:
            given = await browser.post(f"/{name}?sizes=1&sizes=2&list=2026-01-02")
            assert (given.status_code, given.json()) == (200, [1, 2]), name
            assert (await browser.post(f"/{name}?sizes=6")).status_code == 422, name


def test_neither_do_messages_and_their_headers(packages, strictly_checked):
    made = packages.written("words_messaging", messaging())
    assert made.omissions == []
    strictly_checked(made)
    message = made.module("messaging.message")
    built = message.list_(payload=[1], day="d", list_="x", str_=1)
    assert built.routing_key == "c0.d"


def test_whatever_is_imported_under_a_small_name_is_not_hidden(packages):
    """A template that imports or uses another word has to name it in `contractkit.naming`."""
    for made in (
        packages.written("words_http", http()),
        packages.written("words_messaging", messaging()),
    ):
        for file in Path(made.folder).rglob("*.py"):
            if {"models", "runtime", "package"} & set(file.parts):
                continue
            tree = ast.parse(file.read_text())
            defined = {
                node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            imported = {
                (alias.asname or alias.name).split(".")[0]
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            assert not defined & (TYPES | imported), file
