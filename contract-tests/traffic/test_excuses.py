"""An excuse that points to a test points to one that exists; whether it shows the thing is for people to read."""

from pathlib import Path

from traffic.excuses import read_excuses, rotten

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_that_an_excuse_names_exists():
    faults = rotten(read_excuses(Path(__file__).with_name("excuses.yaml")), ROOT)
    assert not faults, "\n".join(faults)
