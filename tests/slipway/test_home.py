"""One running stack per folder, and nobody else's to read."""

import os
import stat
from pathlib import Path

import pytest

from slipway.home import LOCK, HomeError, held


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_and_what_is_written_there_are_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    before = os.umask(0o022)
    try:
        with held(home):
            (home / "slipway.db").write_text("hashes")
        (tmp_path / "later").write_text("")
    finally:
        os.umask(before)
    assert mode(home) == 0o700
    assert mode(home / "slipway.db") == 0o600
    assert mode(tmp_path / "later") == 0o644


def test_what_was_open_to_others_is_closed(tmp_path: Path) -> None:
    names = ("slipway.db", "slipway.db-wal", "broker.db", "broker.db.delivered", "simulator.json")
    for name in (*names, "notes.txt"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o644)
    tmp_path.chmod(0o755)
    with held(tmp_path):
        assert {mode(tmp_path / name) for name in names} == {0o600}
        assert mode(tmp_path / "notes.txt") == 0o644
        assert mode(tmp_path) == 0o700


def test_a_shared_folder_stays_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with held(tmp_path):
        assert mode(tmp_path) == 0o1777


def test_a_second_one_is_told_who_is_there(tmp_path: Path) -> None:
    with held(tmp_path):
        told = f"another `slipway up` uses it .process {os.getpid()}"
        with pytest.raises(HomeError, match=told), held(tmp_path):
            pass
        assert (tmp_path / LOCK).exists()
    with held(tmp_path):
        pass


def test_a_folder_that_can_not_be_written_is_told_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = r"SLIPWAY_HOME=.*cannot write there.*or set SLIPWAY_HOME"
    with pytest.raises(HomeError, match=told), held(tmp_path / "file" / "home"):
        pass
