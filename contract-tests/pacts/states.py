"""The provider states of the console's pact: a local server that the verifier asks before each interaction.

It answers with values, as the id of a job that is over, which the verifier puts into the request.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from testing.http_server import QuietHandler
from testing.http_server import served as served_by

States = dict[str, Callable[[], dict[str, Any]]]


@contextmanager
def served(states: States) -> Iterator[str]:
    """Serve the states; gives the URL to post to. An unknown state is answered with 404."""

    class Handler(QuietHandler):
        def respond(self) -> None:
            asked = json.loads(self.content())
            state = states.get(asked["state"])
            body = b"{}"
            if state is not None and asked.get("action", "setup") == "setup":
                body = json.dumps(state()).encode()
            self.answer(404 if state is None else 200, "application/json", body)

    with served_by(Handler) as origin:
        yield f"{origin}/states"
