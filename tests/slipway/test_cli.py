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


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("broker.db", "cannot use the journal"),
        ("simulator.json", "cannot read the simulator's environments from"),
        ("slipway.db", "file is not a database"),
        ("secret.key", "secret.key"),
    ],
)
def test_a_malformed_file_is_named_with_the_mend(name, told, monkeypatch, capsys, tmp_path) -> None:
    (tmp_path / name).write_text("this is not what it should be " * 200)
    for variable in ("DATABASE_URL", "RABBITMQ_URL", "VIRTUOZZO_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SLIPWAY_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["slipway", "up", "--port", "0"])
    assert main() == 2
    err = capsys.readouterr().err
    (line,) = [line for line in err.splitlines() if line.startswith("slipway: ")]
    assert told in line
    assert str(tmp_path / name) in line
    assert "Traceback" not in err


def test_a_malformed_run_file_is_named(monkeypatch, capsys, tmp_path) -> None:
    (tmp_path / "run.json").write_text("{")
    monkeypatch.delenv("RABBITMQ_URL", raising=False)
    monkeypatch.setenv("SLIPWAY_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["slipway", "dead-letters", "list"])
    assert main() == 2
    assert f"cannot read {tmp_path / 'run.json'}; delete it" in capsys.readouterr().err
