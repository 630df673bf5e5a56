"""Gives the defaults of generated models the type of their field.

The model generator writes the default of a date as the text that JSON has for it; the model would
then hold text where its type says `date`.
"""

import ast
from typing import Final

_READERS: Final = {
    "date": "date.fromisoformat({})",
    "AwareDatetime": "datetime.fromisoformat({})",
    "UUID": "UUID({})",
}
_TEXTS: Final = {"str", "StrictStr"}
_IMPORT: Final = "from datetime import datetime\n"


def with_typed_defaults(source: str) -> str:
    """Return a module whose fields have defaults of their own types."""
    lines = source.splitlines(keepends=True)
    edits: list[tuple[ast.Constant, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            reader = _reader(node.annotation)
            if reader is not None:
                edits += [(constant, reader) for constant in _texts(node.value)]
    if not edits:
        return source
    for constant, reader in sorted(edits, key=lambda edit: -edit[0].lineno):
        line = lines[constant.lineno - 1].encode()
        before, after = line[: constant.col_offset], line[constant.end_col_offset :]
        text = reader.format(repr(constant.value)).encode()
        lines[constant.lineno - 1] = (before + text + after).decode()
    result = "".join(lines)
    uses = any(reader.startswith("datetime.") for _, reader in edits)
    return _with_import(result) if uses else result


def _reader(annotation: ast.expr) -> str | None:
    """Return how the default's text is read; None when the field may hold text."""
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    known = [reader for name, reader in _READERS.items() if name in names]
    return known[0] if len(known) == 1 and not names & _TEXTS else None


def _texts(value: ast.expr) -> list[ast.Constant]:
    """Return the texts of a default: itself, or the items of a list."""
    parts = value.elts if isinstance(value, ast.List) else [value]
    return [
        part
        for part in parts
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and part.lineno == part.end_lineno
    ]


def _with_import(source: str) -> str:
    """Return the module with `datetime` imported; ruff sorts it into its place."""
    index = source.index("from pydantic") if "from pydantic" in source else 0
    return source[:index] + _IMPORT + source[index:]
