"""A child that should not outlive its parent ends when the parent's end of the pipe closes."""

import signal
import subprocess
import sys

from testing.checkout import ROOT

CHILD = """
import time
from slipway.parent import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(600)
"""


def test_the_closed_pipe_ends_the_child_as_sigterm_does():
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        try:
            assert child.stdout.readline() == b"ready\n"
            assert child.poll() is None
            child.stdin.close()
            assert child.wait(60) == -signal.SIGTERM
        finally:
            child.kill()
