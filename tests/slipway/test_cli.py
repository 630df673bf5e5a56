"""What a user can mend is told in a line, without a traceback."""

import pytest

from slipway.cli import main
from testing.program import free_port


@pytest.mark.parametrize("command", [["migrate"], ["demo", "--port", "0"], ["up", "--port", "0"]])
def test_a_database_that_does_not_answer_is_named(command, monkeypatch, capsys, tmp_path) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/none"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SLIPWAY_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["slipway", *command])
    assert main() == 2
    told = capsys.readouterr().err
    assert "slipway: the database that DATABASE_URL names does not answer" in told
    assert "Traceback" not in told
    assert "secret" not in told
