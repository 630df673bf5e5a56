"""A stack whose streams a page of another origin may read, quick to reconnect."""

import socket
from collections.abc import Iterator

import pytest

from backbone.http.listening import listen
from testing.stack import RunningStack

QUICK = {
    "SSE_HEARTBEAT_SECONDS": "1",
    "SSE_RETRY_MILLISECONDS": "200",
}


@pytest.fixture(scope="session")
def page_socket() -> Iterator[socket.socket]:
    """Where the page is served: another port is another origin."""
    listener = listen("127.0.0.1", 0)
    yield listener
    listener.close()


@pytest.fixture(scope="session")
def friendly_stack(
    page_socket: socket.socket, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """A stack that allows the page's origin."""
    origin = f"http://127.0.0.1:{page_socket.getsockname()[1]}"
    home = tmp_path_factory.mktemp("friendly")
    with RunningStack.start("embedded", home, CORS_ALLOW_ORIGINS=origin, **QUICK) as running:
        yield running
