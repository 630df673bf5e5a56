"""One origin for several applications: each request goes to the application of its path."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send


class Origin:
    """An ASGI application that hands each request to the application of its path.

    It takes no part in the lifespan protocol: whoever composes the applications starts them.
    """

    def __init__(self, otherwise: ASGIApp, paths: Mapping[str, ASGIApp]) -> None:
        self._otherwise = otherwise
        self._paths = dict(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over the request."""
        application = self._paths.get(scope.get("path", ""), self._otherwise)
        await application(scope, receive, send)


@asynccontextmanager
async def started(*applications: Starlette) -> AsyncIterator[None]:
    """Run the lifespans of applications that are composed instead of served."""
    async with AsyncExitStack() as stack:
        for application in applications:
            await stack.enter_async_context(application.router.lifespan_context(application))
        yield
