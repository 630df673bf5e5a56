"""A forked process is one as a new interpreter's: its end, session, environment and files."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from testing.checkout import ROOT
from testing.launch import launch, run

PROGRAM = "tests.testing.forked_program"
ENVIRONMENT = {"NAME": "of this one only"}


async def test_it_has_its_own_arguments_environment_session_and_files() -> None:
    status, printed = await run(PROGRAM, "tell", "a", "b c", environment=ENVIRONMENT)
    told, _, errors = printed.partition("\n")
    assert (status, errors) == (3, "an error\n")
    assert json.loads(told) == {
        "arguments": ["a", "b c"],
        "environment": ENVIRONMENT,
        "session": True,
        "heard": "",
    }


async def test_an_exception_is_told_as_python_does() -> None:
    status, printed = await run(PROGRAM, "fail", environment={})
    assert status == 1
    assert printed.splitlines()[-1] == "ValueError: a fault"


def test_it_reads_the_standard_input_that_it_is_given(tmp_path: Path) -> None:
    heard, told = os.pipe()
    os.write(told, b"a line")
    os.close(told)
    with (tmp_path / "output").open("wb") as output:
        process = launch(PROGRAM, ["tell"], {}, output=output.fileno(), stdin=heard)
    os.close(heard)
    assert process.wait(60) == 3
    assert json.loads((tmp_path / "output").read_text().splitlines()[0])["heard"] == "a line"


def test_signals_reach_it_and_its_end_is_told(tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as output:
        process = launch(PROGRAM, ["wait"], {}, output=output.fileno())
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.kill()
    assert process.wait(60) == process.poll() == process.returncode == -signal.SIGKILL
    process.kill()


@contextmanager
def asking(output: Path, run: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A test process of a run that has asked for one; with the id of the process it got."""
    program = (
        "import os, time\nfrom testing.launch import launch\n"
        f"output = os.open({str(output)!r}, os.O_WRONLY | os.O_CREAT)\n"
        f"print(launch({PROGRAM!r}, ['wait'], {{}}, output=output).pid, flush=True)\n"
        "time.sleep(600)"
    )
    environment = os.environ | {"PYTEST_CURRENT_TEST": "yes", "PYTEST_XDIST_TESTRUNUID": run}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as asker:
        assert asker.stdout is not None
        try:
            yield asker, int(asker.stdout.readline())
        finally:
            asker.kill()


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def await_end(pid: int) -> None:
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists()


def test_no_process_outlives_the_one_that_asked_for_it(tmp_path: Path) -> None:
    """Test processes of a run share the server, which ends with the last of them."""
    run = secrets.token_hex(8)
    with asking(tmp_path / "first", run) as (first, of_first):
        with asking(tmp_path / "second", run) as (_, of_second):
            server = parent_of(of_first)
            assert parent_of(of_second) == server
            first.kill()
            await_end(of_first)
            assert parent_of(of_second) == server
        await_end(of_second)
    await_end(server)
    assert not list(Path(tempfile.gettempdir()).glob(f"*{run}*"))
