import os
import stat
from dataclasses import replace

import pytest

from slipway import run_file

RUN = run_file.Run(
    pid=os.getpid(),
    base_url="http://127.0.0.1:8000",
    simulator_url=None,
    amqp_url="amqp://u:secret@127.0.0.1:1/",
    database_url="sqlite:///x",
    demo_email=None,
    demo_password=None,
)


def test_reads_what_was_written_and_only_its_owner_may(tmp_path):
    path = run_file.write(tmp_path / "home", RUN)
    assert run_file.read(tmp_path / "home") == RUN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_dead_process_is_not_running(tmp_path):
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)
    run_file.write(tmp_path, replace(RUN, pid=child))
    with pytest.raises(run_file.NotRunningError, match="slipway up"):
        run_file.read(tmp_path)


def test_remove_leaves_the_file_of_another_process(tmp_path):
    run_file.write(tmp_path, replace(RUN, pid=os.getppid()))
    run_file.remove(tmp_path)
    assert run_file.read(tmp_path).pid == os.getppid()
    run_file.write(tmp_path, RUN)
    run_file.remove(tmp_path)
    with pytest.raises(run_file.NotRunningError):
        run_file.read(tmp_path)
