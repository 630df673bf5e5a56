"""What a child process does about the process that started it."""

import os
import signal
import threading


def end_with_parent() -> None:
    """End this process, as SIGTERM does, when the pipe on its standard input closes.

    The parent keeps the other end open and writes nothing, so however it dies, this is noticed.
    """

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
