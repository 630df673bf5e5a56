from pathlib import Path

import pytest

from testing.mutations import MUTATIONS, ROOT, Mutation, notices

TEST = "from thing import answer\n\n\ndef test_it():\n    assert answer() == 42\n"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_each_mutation_has_its_place_and_its_tests(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text()
    assert mutation.old in text
    assert text.replace(mutation.old, mutation.new) != text
    assert all((ROOT / test).exists() for test in mutation.tests)


def test_what_no_test_notices_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # These tests need no plugins, and importing all of them is what takes long.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "thing.py").write_text("def answer():\n    return 42\n\n\nUNUSED = 1\n")
    (tmp_path / "test_thing.py").write_text(TEST)
    seen = Mutation("seen", "thing.py", "return 42", "return 43", ("test_thing.py",))
    unseen = Mutation("unseen", "thing.py", "UNUSED = 1", "UNUSED = 2", ("test_thing.py",))
    assert notices(tmp_path, seen)
    assert not notices(tmp_path, unseen)
    assert "return 42" in (tmp_path / "thing.py").read_text()
