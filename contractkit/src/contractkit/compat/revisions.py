"""Finds contracts in a file, a folder, a git revision or the working tree.

A `$ref` is resolved among the files of the same revision.
"""

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from contractkit.compat.releases import read_release, versions
from contractkit.documents import Documents
from contractkit.errors import UsageError
from contractkit.git import commit_of, git
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract, read_documents
from contractkit.tree import FolderTree, GitTree, Tree

_ENDINGS = ("yaml", "yml", "json")
_FOLDERS = ("", "specs/", "spec/", "contracts/", "api/")
DEFAULT_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@dataclass(frozen=True, slots=True)
class Revision:
    """A contract, the label of its revision, and the folder that its files are relative to."""

    label: str
    contract: Contract
    root: Path


@dataclass(frozen=True, slots=True)
class Repository:
    """The folder of the project and the paths of its documents; None: search for them."""

    root: Path
    openapi: str | None
    asyncapi: str | None

    def open(self, what: str) -> Revision:
        """Return the contract in a file, a folder or a git revision.

        Raises UsageError, SpecError.
        """
        path = Path(what)
        if path.is_file():
            return self._file(path)
        if path.is_dir():
            return self._tree(what, FolderTree(path), path)
        return self._tree(what, GitTree(self.root, what), self.root)

    def working_tree(self) -> Revision:
        """Return the contract as it is now."""
        return self._tree("working tree", FolderTree(self.root), self.root)

    def _file(self, path: Path) -> Revision:
        folder = path.resolve().parent
        documents = Documents(FolderTree(folder))
        root = documents.root(path.name).value
        if isinstance(root, dict) and "swagger" in root:
            raise UsageError(
                f"{path} is Swagger 2.0, which is not read. Convert it to OpenAPI 3 first, as with "
                "swagger2openapi."
            )
        root = root if isinstance(root, dict) else {}
        contract = read_documents(
            documents,
            openapi=path.name if "openapi" in root else None,
            asyncapi=path.name if "asyncapi" in root else None,
        )
        if contract.http is None and contract.messaging is None:
            raise UsageError(f"{path} is neither OpenAPI nor AsyncAPI. Name the root document.")
        return Revision(str(path), contract, folder)

    def _tree(self, label: str, tree: Tree, root: Path) -> Revision:
        openapi = _find(tree, self.openapi, "openapi")
        asyncapi = _find(tree, self.asyncapi, "asyncapi")
        if openapi is None and asyncapi is None:
            raise UsageError(
                f"{label} has neither an OpenAPI nor an AsyncAPI document. Name the file, or set "
                "openapi and asyncapi in [tool.contractkit].",
            )
        contract = read_contract(tree, openapi=openapi, asyncapi=asyncapi)
        return Revision(label, contract, root.resolve())

    def merge_base(self, reference: str) -> str:
        """Return the merge base of HEAD and a branch. Raises UsageError."""
        base = self._git("merge-base", "HEAD", reference)
        if base is None:
            raise UsageError(
                f"There is no common commit of HEAD and {reference!r}. It does not exist, or the "
                "clone is shallow: run `git fetch --unshallow`, or give OLD as a file or folder.",
            )
        return base

    def default_branch(self) -> str:
        """Return the default branch, into which changes are merged. Raises UsageError."""
        for name in DEFAULT_BRANCHES:
            if commit_of(self.root, name) is not None:
                return name
        raise UsageError(
            "No branch main or master was found, and no release is stored. Say what OLD is: "
            "a file, a folder or a commit."
        )

    def is_commit(self, what: str) -> bool:
        """Return whether a name means a commit, not a file or folder."""
        return not Path(what).exists() and commit_of(self.root, what) is not None

    def tags(self, pattern: str, count: int) -> list[str]:
        """Return the last tags that HEAD contains, the newest first; `-` begins a pre-release."""
        if count < 1:
            return []
        listed = (
            self._git(
                "-c", "versionsort.suffix=-", "tag", "--merged", "HEAD", "--sort=-version:refname"
            )
            or ""
        )
        return [tag for tag in listed.splitlines() if fnmatch.fnmatch(tag, pattern)][:count]

    def releases(self, folder: str) -> list[Revision]:
        """Return the stored releases, the newest first."""
        place = self.root / folder
        return [
            Revision(version, read_release(self.root, place, version), self.root.resolve())
            for version in versions(place)
        ]

    def _git(self, *arguments: str) -> str | None:
        printed = git(self.root, *arguments)
        return None if printed is None else printed.decode().strip()


def _find(tree: Tree, configured: str | None, name: str) -> str | None:
    """Return the root document in a tree: as configured, or by its usual names."""
    usual = [f"{folder}{name}.{ending}" for folder in _FOLDERS for ending in _ENDINGS]
    own = [configured, Path(configured).name] if configured else []
    for file in (*own, *usual):
        try:
            tree.read(file)
        except FileNotFoundError:
            continue
        return file
    return None
