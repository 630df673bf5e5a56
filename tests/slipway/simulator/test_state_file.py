"""The simulator's file: changes are lines, a torn one is left out, a full disk loses nothing."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from slipway.simulator import StateFileError
from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.state_file import Change, StateFile
from slipway.simulator.status_plan import Step


def environment(number: int, **changes: Any) -> SimulatedEnvironment:
    return SimulatedEnvironment(
        id=number,
        name=f"env-{number}",
        app_id="a",
        uid=1,
        display_name="",
        region="r",
        created_at=1.0,
        plan=(Step(status=1),),
        step_since=1.0,
        **changes,
    )


def loaded(path: Path) -> Change:
    return StateFile(path).load()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "simulator.json"


def test_a_change_is_a_line_and_the_last_word_on_an_environment_counts(path: Path) -> None:
    file = StateFile(path)
    for number in (1, 2, 3):
        file.add(Change(environments=[environment(number)]))
    file.add(Change(environments=[environment(2, deleted_at=5.0)]))
    file.add(Change(sessions=["s", "t"]))
    file.add(Change(closed=["s"]))
    assert len(path.read_text().splitlines()) == 6
    saved = loaded(path)
    assert [(each.id, each.deleted_at) for each in saved.environments] == [
        (1, None),
        (2, 5.0),
        (3, None),
    ]
    assert saved.sessions == ["t"]


def test_the_first_change_after_a_start_writes_the_whole_in_one_line(path: Path) -> None:
    file = StateFile(path)
    for number in range(1, 6):
        file.add(Change(environments=[environment(number)]))
    again = StateFile(path)
    again.load()
    again.add(Change(sessions=["s"]))
    assert len(path.read_text().splitlines()) == 1
    assert len(loaded(path).environments) == 5


def test_a_file_of_an_earlier_release_is_read(path: Path) -> None:
    whole = Change(environments=[environment(1)], sessions=["s"])
    path.write_text(whole.model_dump_json())
    assert loaded(path) == whole


def test_a_line_that_was_cut_off_is_left_out(path: Path) -> None:
    file = StateFile(path)
    for number in (1, 2):
        file.add(Change(environments=[environment(number)]))
    path.write_bytes(path.read_bytes()[:-9])
    assert [each.id for each in loaded(path).environments] == [1]


@pytest.mark.parametrize(
    "text", ["{", "[]\n", '{"environments": 1}\n{}\n', '{}\n{"sessions": [1]}\n{}\n']
)
def test_a_malformed_file_is_told_with_the_mend(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(StateFileError, match="correct the file, or move it away"):
        loaded(path)


def test_reset_forgets_environments_and_keeps_sessions(path: Path) -> None:
    file = StateFile(path)
    file.add(Change(environments=[environment(1)], sessions=["s"]))
    file.clear()
    assert loaded(path) == Change(sessions=["s"])
    assert json.loads(path.read_text()) == {"environments": [], "sessions": ["s"], "closed": []}


def test_what_a_full_disk_does_not_take_is_written_with_the_next_change(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = StateFile(path)
    file.add(Change(environments=[environment(1)]))
    write = os.write

    def partly(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", partly)
        file.add(Change(environments=[environment(2)]))
    assert [each.id for each in loaded(path).environments] == [1]
    file.add(Change(environments=[environment(3)]))
    assert [each.id for each in loaded(path).environments] == [1, 2, 3]
