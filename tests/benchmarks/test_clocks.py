"""A process whose wall clock is moved while it runs, and whose spans are right all the same."""

import os
import subprocess
import sys

import pytest

from benchmarks.chaos.clocks import Clocks

PROGRAM = """
import sys, time, datetime
for _ in sys.stdin:
    began = time.monotonic()
    time.sleep(0.01)
    print(time.time(), datetime.datetime.now().timestamp(), time.monotonic() - began, flush=True)
"""


def test_a_clock_is_moved_and_set_right_again(tmp_path):
    clocks = Clocks(tmp_path)
    if not clocks.movable:
        pytest.skip("no C compiler for Linux")
    environment = {**os.environ, **clocks.environment("one")}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def look() -> tuple[float, float, float]:
            process.stdin.write("\n")
            process.stdin.flush()
            wall, date, span = map(float, process.stdout.readline().split())
            return wall, date, span

        for wrong in (0, 3600, -3600, 0):
            clocks.move("one", wrong)
            before = clocks._file("one").stat().st_mtime
            wall, date, span = look()
            assert abs(wall - before - wrong) < 600
            assert abs(date - before - wrong) < 600
            assert 0 < span < 600
        process.stdin.close()
