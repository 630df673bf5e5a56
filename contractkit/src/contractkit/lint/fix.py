"""Mends violations that need no decision, in the files as they are written; nothing else changes.

These are `additionalProperties: true` (the default of JSON Schema), missing ids of operations,
undeclared tags, and examples that can be derived from a schema.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contractkit.compat.schema.sample import samples
from contractkit.documents import Documents
from contractkit.errors import ContractKitError
from contractkit.lint.insertion import Insertion, inserted
from contractkit.lint.run import lint
from contractkit.lint.violation import Violation
from contractkit.model.contract import Contract
from contractkit.model.schema import Schema, of
from contractkit.naming import snake
from contractkit.options import Options
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from contractkit.validators import Validators

FIXED: Final = frozenset(
    {"additional-properties", "operation-id-missing", "example-missing", "tag-undeclared"}
)
"""The rules of which some violations are mended."""

_ROUNDS: Final = 3
"""How often the files are linted again, because one mend may make another necessary."""

Select = Callable[[Iterable[Violation]], list[Violation]]


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was mended, and what is left."""

    count: int
    files: tuple[str, ...]
    left: list[Violation]


def fix(options: Options, select: Select) -> Fixed:
    """Mend what can be mended of the violations that `select` keeps. Write the files."""
    count, files = 0, set[str]()
    for _ in range(_ROUNDS):
        wanted = _insertions(options, select(lint(options)))
        changed = 0
        for file in sorted({place.file for place in wanted}):
            changed += _write(options.root / file, [one for one in wanted if one.file == file])
            files.add(file)
        count += changed
        if not changed:
            break
    return Fixed(count, tuple(sorted(files)) if count else (), select(lint(options)))


def _write(path: Path, insertions: list[Insertion]) -> int:
    """Insert what can be inserted. Return how many insertions were made."""
    text = path.read_bytes().decode("utf-8")
    result, count = inserted(path.name, text, insertions)
    if count:
        path.write_bytes(result.encode("utf-8"))
    return count


def _insertions(options: Options, violations: list[Violation]) -> list[Insertion]:
    """Return what to insert; each object gets one member at a time."""
    documents = Documents(FolderTree(options.root))
    try:
        contract = read_contract(
            documents.tree, openapi=options.openapi, asyncapi=options.asyncapi, unread=[]
        )
    except ContractKitError:
        return []
    mender = _Mender(contract)
    found: dict[tuple[str, int, int], Insertion] = {}
    for violation in violations:
        insertion = mender.mend(violation)
        if insertion is not None:
            found.setdefault((insertion.file, insertion.line, insertion.column), insertion)
    return list(found.values())


class _Mender:
    """Knows the mend of each rule that has one."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._documents = contract.documents
        self._validators: Validators | None = None
        self._ids: set[str] = set()
        if contract.http is not None:
            self._ids = {one.operation_id for one in contract.http.operations if one.named}

    def mend(self, violation: Violation) -> Insertion | None:
        """Return the insertion that mends a violation, or None when a person must decide."""
        rules: Mapping[str, Callable[[Violation], tuple[str, Any] | None]] = {
            "additional-properties": lambda _: ("additionalProperties", True),
            "operation-id-missing": self._operation_id,
            "example-missing": self._examples,
        }
        if violation.rule == "tag-undeclared":
            return self._tag(violation)
        member = rules[violation.rule](violation) if violation.rule in rules else None
        if member is None:
            return None
        place = violation.location
        return Insertion(place.file, place.line, place.column, *member)

    def _operation_id(self, violation: Violation) -> tuple[str, Any] | None:
        for operation in self._contract.http.operations if self._contract.http else ():
            if operation.location == violation.location and not operation.named:
                name = snake(operation.operation_id)
                if name in self._ids:
                    return None
                self._ids.add(name)
                return "operationId", name
        return None

    def _tag(self, violation: Violation) -> Insertion | None:
        """Declare the tags of all operations, in a document without a list of tags.

        An existing list is not changed: its order and its descriptions are for a person to decide.
        """
        http = self._contract.http
        root = self._documents.written(violation.location.file).value
        if http is None or not isinstance(root, Mapping) or "tags" in root:
            return None
        names = dict.fromkeys(tag for one in http.operations for tag in one.tags)
        place = self._documents.source(violation.location.file).locate("")
        tags = [{"name": name} for name in names]
        return Insertion(place.file, place.line, place.column, "tags", tags)

    def _examples(self, violation: Violation) -> tuple[str, Any] | None:
        """Return examples for a schema that has none."""
        place = violation.location
        try:
            node = self._documents.at(place.file, place.pointer)
        except KeyError:
            return None
        components = ("/components/schemas/", "/$defs/", "/definitions/")
        if not isinstance(node.value, Mapping) or not any(c in place.pointer for c in components):
            return None
        if self._validators is None:
            self._validators = Validators(self._documents)
        for value in samples(of(self._documents, Schema(node.value, place))):
            if value is not None and not self._validators.errors(place, value):
                old = "3.0" in str(self._documents.written(place.file).value.get("openapi", ""))[:3]
                return ("example", _plain(value)) if old else ("examples", [_plain(value)])
        return None


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))
