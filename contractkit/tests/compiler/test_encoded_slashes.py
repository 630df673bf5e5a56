"""Slashes within texts in paths: `%2F` is part of a text, `/` parts the path."""

import httpx
import pytest
from compiler.serving import implement
from fastapi import FastAPI

DOCUMENT = """
openapi: 3.1.0
info: {title: Slashes, version: '1'}
paths:
  /text/{text}:
    get: {operationId: one, parameters: [{name: text, in: path, required: true, schema: {type: string}}], responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}}
    put: {operationId: put, parameters: [{name: text, in: path, required: true, schema: {type: string, maxLength: 3}}], requestBody: {required: true, content: {application/json: {schema: {type: number}}}}, responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}}
  /list/{texts}/end:
    get: {operationId: list, parameters: [{name: texts, in: path, required: true, schema: {type: array, items: {type: string}}}], responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {type: string}}}}}}}
"""


@pytest.fixture(params=["plain", "fast", "mounted"])
async def browser(request, packages):
    fast = ("http",) if request.param == "fast" else ()
    made = packages.written(f"encoded_slashes{len(fast)}", DOCUMENT, fast_paths=fast)
    http = made.module("http.default")

    async def echo(self, **given):
        return next(value for name, value in given.items() if name != "body")

    names = dict.fromkeys(http.DefaultApi.__abstractmethods__, echo)
    app = served = FastAPI()
    router = http.build_default_router(implement(http.DefaultApi, **names))
    if fast:
        app.router.routes.extend(router.routes)
    else:
        app.include_router(router)
    if request.param == "mounted":
        served = FastAPI()
        served.mount("/below", app)
    base = "http://test" + ("/below" if served is not app else "")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url=base) as found:
        yield found


def test_the_fast_routes_are_typed_and_formatted(packages, strictly_checked):
    strictly_checked(packages.written("encoded_slashes1", DOCUMENT, fast_paths=("http",)))


async def test_they_arrive(browser):
    for path, found in (
        ("/text/a%2Fb", "a/b"), ("/text/%2f%2F", "//"), ("/text/a%252Fb", "a%2Fb"), ("/text/ab", "ab"),
        ("/text/%C3%BC%20%2F", "ü /"), ("/list/a%2Fb,c/end", ["a/b", "c"]), ("/text/%00%20", "\0 "),
    ):  # fmt: skip
        given = await browser.get(path)
        assert (given.status_code, given.json()) == (200, found), path
    assert (await browser.put("/text/a%2Fb", json=1)).json() == "a/b"


async def test_others_part_the_path(browser):
    for path in ("/text/a/b", "/list/a/b/end", "/text/a%2Fb/c", "/list/a%2Fend"):
        assert (await browser.get(path)).status_code == 404, path
    assert (await browser.put("/text/aa%2Fb", json=1)).status_code == 422
    assert (await browser.post("/text/a%2Fb")).status_code == 405
