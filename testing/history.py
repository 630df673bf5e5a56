"""The repository's own past, for tests that need it: they are skipped, and say why, without it."""

import subprocess
from pathlib import Path

import pytest

from testing.checkout import ROOT

MIGRATIONS = Path("backbone/database/migrations/versions")


def git(*arguments: str) -> str:
    """Run git in the repository and return what it says; skip where it can't."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no history here: git {arguments[0]} says {done.stderr.strip()[:120]}")
    return done.stdout.strip()


def require_history() -> None:
    """Skip where the clone does not have all commits."""
    if git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("the clone is shallow: its history is not here; fetch it all to run this")


def last_commit_with_schema(revision: str) -> str:
    """Return the last commit whose newest migration is `revision`."""
    require_history()
    later = [path for path in sorted((ROOT / MIGRATIONS).glob("0*.py")) if path.name[:4] > revision]
    path = str(MIGRATIONS / later[0].name)
    added = git("log", "--diff-filter=A", "--format=%H", "--reverse", "--", path).split()
    return git("rev-parse", f"{added[0]}^")
