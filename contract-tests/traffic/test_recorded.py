"""What the session recorded, held against the contract; these tests run last.

All that was published or answered must be valid. Of the whole contract everything must have been
seen, or excused with a reason in `excuses.yaml`.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from traffic.excuses import complaints, read_excuses
from traffic.judge import Judge

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {"flows", "sse", "fuzzing", "http", "unseen"}


@pytest.fixture(scope="module")
def verdict(book):
    contract = read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )
    return Judge(contract).judge(book)


def test_everything_that_was_recorded_passes_the_contract(verdict, book):
    faults = Counter(verdict.faults)
    assert not faults, "\n".join(f"{count} × {fault}" for fault, count in faults.most_common(40))


def test_everything_in_the_contract_was_seen_or_is_excused(verdict, book, capsys):
    missing = NEEDED - book.folders
    if missing:
        reason = f"only a part of the contract tests ran; without {', '.join(sorted(missing))}"
        if os.environ.get("CI") == "true" and len(missing) < len(NEEDED):
            pytest.fail(f"CI=true and {reason}")
        pytest.skip(reason)
    with capsys.disabled():
        print(report(verdict, book))
    found = complaints(verdict, read_excuses(Path(__file__).with_name("excuses.yaml")))
    # A race may show what is excused; that is news for the list, not a fault of this run.
    news = [line for line in found if line.startswith("excused, but seen")]
    with capsys.disabled():
        print("\n".join(news))
    wrong = [line for line in found if line not in news]
    assert not wrong, "\n".join(wrong)


def report(verdict, book):
    """A table: of each kind, how much of the contract was seen."""
    promised = Counter(thing.partition(" ")[0] for thing in verdict.promised)
    seen = Counter(thing.partition(" ")[0] for thing in verdict.promised & verdict.seen)
    lines = [f"\n{len(book.answers)} answers and {len(book.messages)} messages recorded"]
    lines += [f"  {kind:<10} {seen[kind]:>4} of {promised[kind]}" for kind in sorted(promised)]
    return "\n".join(lines)
