"""The contract's judge for what happens in this process, where no tap sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from traffic.book import Book
from traffic.judge import Judge

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def seen() -> Callable[[Book], set[str]]:
    """What of the contract a book shows; fails when anything in it breaks the contract."""
    contract = read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )
    judge = Judge(contract)

    def judged(book: Book) -> set[str]:
        verdict = judge.judge(book)
        assert verdict.faults == []
        return verdict.seen

    return judged
