"""Files of one revision, from a folder or from a git commit; refuses paths outside of it."""

import posixpath
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath

from contractkit.errors import UsageError


class Tree(ABC):
    """Read-only files, named by POSIX paths relative to the root."""

    @abstractmethod
    def read(self, file: str) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError."""

    @property
    @abstractmethod
    def label(self) -> str:
        """How messages name this revision."""

    @staticmethod
    def join(file: str, reference: str) -> str:
        """Return the path that `reference`, written in `file`, means. Raises FileNotFoundError."""
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))
        if joined.startswith(("../", "/")):
            raise FileNotFoundError(joined)
        return joined


class FolderTree(Tree):
    """The files of a folder as they are now."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @property
    def label(self) -> str:
        """The words for the present state."""
        return "working tree"

    def read(self, file: str) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError, also for a folder."""
        path = self.root / PurePosixPath(file)
        if not path.is_file():
            raise FileNotFoundError(file)
        return path.read_bytes()


class GitTree(Tree):
    """The files of a git commit below `root`, read with `git show`, so no checkout is touched."""

    def __init__(self, root: Path, revision: str) -> None:
        self.root = root.resolve()
        self.revision = revision
        resolved = self._git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if resolved is None:
            raise UsageError(
                f"{revision!r} is no commit of the repository at the given root. "
                "Name a branch, tag or commit that exists; a shallow clone may need `git fetch`.",
            )
        self._commit = resolved.decode().strip()

    @property
    def label(self) -> str:
        """The revision as the user named it."""
        return self.revision

    def read(self, file: str) -> bytes:
        """Return a file's bytes at the commit. Raises FileNotFoundError."""
        content = self._git("show", f"{self._commit}:./{file}")
        if content is None:
            raise FileNotFoundError(file)
        return content

    def _git(self, *arguments: str) -> bytes | None:
        try:
            done = subprocess.run(  # noqa: S603 (a fixed program, arguments are no shell text)
                ["git", *arguments],  # noqa: S607 (git is found as the user's shell finds it)
                cwd=self.root,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise UsageError("git is not installed; install it or compare folders.") from error
        return done.stdout if done.returncode == 0 else None
