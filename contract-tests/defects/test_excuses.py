"""Excuses are shown what is seen, what is not in the contract, and tests that do not exist."""

import pytest

from traffic.excuses import Excuse, complaints, read_excuses
from traffic.judge import Verdict

VERDICT = Verdict({"status a 200", "status a 503"}, {"status a 200"})


def test_nothing_to_complain():
    assert complaints(VERDICT, (Excuse("status * 503", "r"),)) == []


def test_a_missing_excuse():
    assert complaints(VERDICT, ()) == ["unseen: status a 503"]


def test_an_excuse_for_what_is_seen():
    lines = complaints(VERDICT, (Excuse("status a *", "r"),))
    assert lines == ["excused, but seen: status a 200 (status a *)"]


def test_an_excuse_for_nothing():
    excuses = (Excuse("status a 503", "r"), Excuse("status b 503", "r"))
    assert complaints(VERDICT, excuses) == ["excused, but not in the contract: status b 503"]


def test_an_excuse_without_a_reason(tmp_path):
    file = tmp_path / "excuses.yaml"
    file.write_text("- unseen: [status a 503]\n")
    with pytest.raises(ValueError, match="no reason"):
        read_excuses(file)
