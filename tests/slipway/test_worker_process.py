"""The worker beside a stack: started before its settings are known, told them, restarted, ended."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from slipway import worker_process
from slipway.parent import environment_of_parent
from slipway.worker_process import WorkerProcess
from testing.checkout import ROOT

CHILD = """
import os, sys, time
from slipway.parent import end_with_parent, environment_of_parent
home = {home!r}
open(f"{{home}}/began", "a").write(f"{{os.getpid()}}\\n")
environment = environment_of_parent()
if environment is None:
    sys.exit(open(f"{{home}}/without", "a").close())
open(f"{{home}}/told", "a").write(f"{{os.getpid()}} {{environment['NAME']}}\\n")
end_with_parent()
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        worker_process, "COMMAND", (sys.executable, "-c", CHILD.format(home=str(tmp_path)))
    )
    monkeypatch.setattr(worker_process, "RESTART_SECONDS", (0.01, 0.02))
    monkeypatch.chdir(ROOT)


async def lines(path: Path, count: int) -> list[list[str]]:
    """Wait until a file has so many lines; return their words."""
    async with asyncio.timeout(60):
        while not path.exists() or path.read_text().count("\n") < count:
            await asyncio.sleep(0.01)
    return [line.split() for line in path.read_text().splitlines()]


async def test_a_process_that_began_early_works_with_the_settings_it_is_told(tmp_path: Path):
    async with WorkerProcess.beside(wanted=True) as worker:
        [[began]] = await lines(tmp_path / "began", 1)
        assert not (tmp_path / "told").exists()
        worker.start({"NAME": "first"})
        assert await lines(tmp_path / "told", 1) == [[began, "first"]]
    with pytest.raises(ProcessLookupError):
        os.kill(int(began), 0)


async def test_one_that_dies_is_followed_by_one_with_the_same_settings(tmp_path: Path):
    async with WorkerProcess.beside(wanted=True) as worker:
        worker.start({"NAME": "same"})
        [[first, _]] = await lines(tmp_path / "told", 1)
        os.kill(int(first), signal.SIGKILL)
        _, (second, name) = await lines(tmp_path / "told", 2)
        assert second != first
        assert name == "same"


async def test_one_that_died_before_the_settings_were_known_is_followed_too(tmp_path: Path):
    async with WorkerProcess.beside(wanted=True) as worker:
        [[early]] = await lines(tmp_path / "began", 1)
        os.kill(int(early), signal.SIGKILL)
        await asyncio.sleep(0.1)
        worker.start({"NAME": "later"})
        [[later, name]] = await lines(tmp_path / "told", 1)
        assert later != early
        assert name == "later"


async def test_a_stack_that_does_not_start_ends_it(tmp_path: Path):
    async def start() -> None:
        async with WorkerProcess.beside(wanted=True):
            await lines(tmp_path / "began", 1)
            raise RuntimeError("no stack")

    with pytest.raises(RuntimeError, match="no stack"):
        await start()
    [[began]] = await lines(tmp_path / "began", 1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(began), 0)


async def test_no_process_begins_where_none_is_wanted(tmp_path: Path):
    async with WorkerProcess.beside(wanted=False):
        await asyncio.sleep(0.1)
    assert not (tmp_path / "began").exists()


async def test_the_end_of_a_parent_that_told_nothing_ends_the_child_without_an_error(tmp_path):
    child = await asyncio.create_subprocess_exec(
        *worker_process.COMMAND, stdin=asyncio.subprocess.PIPE
    )
    await lines(tmp_path / "began", 1)
    assert child.stdin is not None
    child.stdin.close()
    assert await child.wait() == 0
    assert (tmp_path / "without").exists()


def test_half_a_line_is_no_environment(monkeypatch: pytest.MonkeyPatch):
    read, write = os.pipe()
    os.write(write, b'{"NAME": "cut')
    os.close(write)
    with os.fdopen(read) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert environment_of_parent() is None
