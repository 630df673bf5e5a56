"""An earlier revision to compare with: a worktree of its own, with the environment that it locks."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "bench-check"


class NoRevisionError(Exception):
    """There is nothing to compare with; the text says what to do."""


def git(*arguments: str) -> str:
    """Run git in the repository; raises NoRevisionError."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise NoRevisionError(done.stderr.strip() or f"git {arguments[0]} failed")
    return done.stdout.strip()


def last_release() -> str:
    """Name the last release before the current commit."""
    try:
        return git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    except NoRevisionError:
        raise NoRevisionError(
            "no release is tagged here; fetch the tags, or name a revision: "
            "make bench-check ARGS=main"
        ) from None


def checked_out(revision: str) -> Path:
    """Return a worktree of the revision with its environment; one that is there is used again."""
    commit = git("rev-parse", "--verify", f"{revision}^{{commit}}")
    folder = PLACE / commit[:12]
    if not folder.exists():
        git("worktree", "prune")
        git("worktree", "add", "--detach", str(folder), commit)
    ready = folder / ".venv" / ".bench-check"
    if not ready.exists():
        for lock in ("requirements.lock", "requirements-dev.lock"):
            subprocess.run(["bash", "scripts/setup", "python3", lock], cwd=folder, check=True)
        ready.touch()
    return folder
