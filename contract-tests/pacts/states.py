"""The provider states of the console's pact: a local server that the verifier asks before each interaction.

It answers with values, as the id of a job that is over, which the verifier puts into the request.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

States = dict[str, Callable[[], dict[str, Any]]]


@contextmanager
def served(states: States) -> Iterator[str]:
    """Serve the states; gives the URL to post to. An unknown state is answered with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state = states.get(asked["state"])
            body = b"{}"
            if state is not None and asked.get("action", "setup") == "setup":
                body = json.dumps(state()).encode()
            self.send_response(404 if state is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/states"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
