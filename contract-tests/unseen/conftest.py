"""The contract's judge for what happens in this process, where no tap sees it; it counts as seen, too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from traffic.book import Book
from traffic.judge import Judge

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def seen(book: Book) -> Callable[[Book], set[str]]:
    """What of the contract a book shows; fails when anything in it breaks the contract.

    The session's book takes it over.
    """
    contract = read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )
    judge = Judge(contract)

    def judged(own: Book) -> set[str]:
        verdict = judge.judge(own)
        assert verdict.faults == []
        book.answers += own.answers
        return verdict.seen

    return judged
