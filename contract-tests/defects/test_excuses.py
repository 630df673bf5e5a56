"""Excuses are shown what is seen, what is not in the contract, and tests that do not exist."""

import pytest

from traffic.excuses import Excuse, complaints, read_excuses, rotten
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


def test_an_excuse_without_a_word_on_what_shows_it(tmp_path):
    file = tmp_path / "excuses.yaml"
    file.write_text("- unseen: [status a 503]\n  reason: r\n")
    with pytest.raises(ValueError, match="no shown_by"):
        read_excuses(file)


@pytest.mark.parametrize(
    ("node_id", "told"),
    [
        ("tests/test_gone.py::test_it", "no test file 'tests/test_gone.py'"),
        ("tests/kept.py::test_it", "no test file 'tests/kept.py'"),
        ("tests/test_kept.py::test_gone", "no 'test_gone'"),
        ("tests/test_kept.py::TestGone::test_it", "no 'TestGone'"),
        ("tests/test_kept.py::TestKept::test_it", "no 'test_it'"),
        ("tests/test_kept.py::kept", "name a test"),
        ("tests/test_kept.py", "name a test"),
        ("tests", "no test file"),
    ],
)
def test_an_excuse_that_names_a_test_that_is_gone(tmp_path, node_id, told):
    (fault,) = rotten((Excuse("status a 503", "r", (node_id,)),), suite(tmp_path))
    assert fault.startswith(node_id)
    assert told in fault


def test_excuses_that_name_tests_that_exist(tmp_path):
    node_ids = ("tests/test_kept.py::test_it", "tests/test_kept.py::TestKept::test_that")
    assert rotten((Excuse("status a 503", "r", node_ids),), suite(tmp_path)) == []


def suite(folder):
    """Two tests, and what only looks like some."""
    (folder / "tests").mkdir()
    text = (
        "def kept(): ...\nasync def test_it(): ...\nclass TestKept:\n    def test_that(self): ...\n"
    )
    (folder / "tests" / "test_kept.py").write_text(text)
    (folder / "tests" / "kept.py").write_text(text)
    return folder
