"""Serves generated routers in memory."""

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
