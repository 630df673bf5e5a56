"""What a child process does about the process that started it."""

import json
import os
import signal
import sys
import threading


def environment_of_parent() -> dict[str, str] | None:
    """Wait for the line of JSON with which the parent tells the environment; None if it ended."""
    line = sys.stdin.buffer.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def end_with_parent() -> None:
    """End this process, as SIGTERM does, when the pipe on its standard input closes.

    The parent keeps the other end open and writes nothing more: however it dies, it is noticed.
    """

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
