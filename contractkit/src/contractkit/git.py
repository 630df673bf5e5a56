"""Runs git where there is one; a machine without it compares files, folders and releases."""

import shutil
import subprocess
import weakref
from pathlib import Path

from contractkit.errors import UsageError


def git(root: Path, *arguments: str) -> bytes | None:
    """Return the output of a git command in a folder, or None when it fails or git is missing."""
    program = shutil.which("git")
    if program is None or not root.is_dir():
        return None
    done = subprocess.run(  # noqa: S603 (a fixed program, without a shell)
        [program, *arguments], cwd=root, capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


class Blobs:
    """Reads files of commits through one `git cat-file`; a process per file would cost more."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (a fixed program)
            [shutil.which("git") or "git", "cat-file", "--batch"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, self._process.communicate)

    def read(self, commit: str, file: str) -> bytes | None:
        """Return the content of a file, relative to the folder, or None when it does not exist."""
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None or "\n" in file:
            return None
        asked.write(f"{commit}:./{file}\n".encode())
        asked.flush()
        *_, kind, size = answered.readline().split()
        if not size.isdigit():
            return None
        content = answered.read(int(size))
        answered.read(1)
        return content if kind == b"blob" else None


def commit_of(root: Path, revision: str) -> str | None:
    """Return the full id of the commit that a revision names, or None."""
    if revision.startswith("-"):
        return None
    found = git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return None if found is None else found.decode().strip()


def require_commit(root: Path, revision: str) -> str:
    """Return the full id of the commit that a revision names. Raises UsageError."""
    commit = commit_of(root, revision)
    if commit is not None:
        return commit
    problem = f"There is no file, no folder and no commit of the name {revision!r}"
    if shutil.which("git") is None:
        raise UsageError(f"{problem}; git is not installed. Correct the path, or install git.")
    if git(root, "rev-parse", "--git-dir") is None:
        raise UsageError(f"{problem}; {root} is in no git repository. Correct the path.")
    raise UsageError(
        f"{problem}. Correct the path, or name a branch, tag or commit that exists; "
        "a shallow clone may need `git fetch --unshallow --tags`."
    )


def top_of(path: Path) -> Path | None:
    """Return the root of the repository that a path is in, found without running git."""
    resolved = path.resolve()
    folders = (resolved, *resolved.parents)
    return next((folder for folder in folders if (folder / ".git").exists()), None)
