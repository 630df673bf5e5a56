"""Files of one revision, from a folder or from a git commit; refuses paths outside of it."""

import posixpath
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath

from contractkit.git import Blobs, require_commit


class Tree(ABC):
    """Read-only files, addressed by POSIX paths relative to the root."""

    @abstractmethod
    def read(self, file: str) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError."""

    @property
    @abstractmethod
    def label(self) -> str:
        """The label of this revision in messages."""

    @staticmethod
    def join(file: str, reference: str) -> str:
        """Return the path of `reference`, relative to `file`. Raises FileNotFoundError."""
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
        """The label of the working tree."""
        return "working tree"

    def read(self, file: str) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError, also for a folder."""
        path = self.root / PurePosixPath(file)
        try:
            found = path.is_file()
        except OSError:  # not a file name, because it is too long
            found = False
        if not found:
            raise FileNotFoundError(file)
        return path.read_bytes()


class GitTree(Tree):
    """The files of a git commit below `root`, read from git itself, so no checkout is touched."""

    def __init__(self, root: Path, revision: str) -> None:
        self.root = root.resolve()
        self.revision = revision
        self._commit = require_commit(self.root, revision)
        self._blobs = Blobs(self.root)

    @property
    def label(self) -> str:
        """The revision as the user named it."""
        return self.revision

    def read(self, file: str) -> bytes:
        """Return a file's bytes at the commit. Raises FileNotFoundError."""
        content = self._blobs.read(self._commit, file)
        if content is None:
            raise FileNotFoundError(file)
        return content
