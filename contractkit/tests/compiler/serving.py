"""Serves generated routers in memory."""

from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI


def client(*routers):
    app = FastAPI()
    for router in routers:
        app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def implement(interface, **methods):
    async def nothing(self, **_):
        return None

    names = {name: methods.get(name, nothing) for name in interface.__abstractmethods__}
    return type("Api", (interface,), names)()


@asynccontextmanager
async def recording(made, *, absent=False):
    """A client of the operations of the tag `default`, and what each call had; None if `absent`."""
    taken = []

    async def take(self, **given):
        taken.append({name: value for name, value in given.items() if absent or value is not None})

    http = made.module("http.default")
    names = dict.fromkeys(http.DefaultApi.__abstractmethods__, take)
    async with client(http.build_default_router(implement(http.DefaultApi, **names))) as browser:
        yield browser, taken
