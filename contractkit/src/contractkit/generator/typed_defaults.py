"""Gives the defaults of generated models the type of their field.

The model generator writes the default of a date as the text that JSON has for it; the model would
then hold text where its type says `date`.
"""

import ast
from collections.abc import Iterator
from typing import Final

_READERS: Final = {
    "date": "date.fromisoformat({})",
    "AwareDatetime": "datetime.fromisoformat({})",
    "UUID": "UUID({})",
}
_TEXTS: Final = {"str", "StrictStr"}


def with_typed_defaults(source: str) -> str:
    """Return a module whose fields have defaults of their own types."""
    tree = ast.parse(source)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    classes |= {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    edits: list[tuple[ast.expr, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            edits += _edits(node.annotation, node.value, classes)
    result = _edited(source, edits) if edits else source
    if any(text.startswith("datetime.") for _, text in edits):
        result = _with_import(result, "from datetime import datetime\n")
    if any(text.startswith("Field(") for _, text in edits):
        result = _with_import(result, "from pydantic import Field\n")
    return result


def _edits(
    annotation: ast.expr, value: ast.expr, classes: set[str]
) -> Iterator[tuple[ast.expr, str]]:
    """Yield the parts of a default that are written in another way."""
    reader = _reader(annotation)
    if reader is not None:
        for part in value.elts if isinstance(value, ast.List) else [value]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part, reader.format(repr(part.value))
    objects = value.elts if isinstance(value, ast.List) else [value]
    if objects and all(isinstance(part, ast.Dict) for part in objects):
        model = _model(annotation, classes)
        if model is not None:
            made = [f"{model}.model_validate({ast.unparse(part)})" for part in objects]
            text = f"[{', '.join(made)}]" if isinstance(value, ast.List) else made[0]
            yield value, f"Field(default_factory=lambda: {text})"


def _names(annotation: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


def _reader(annotation: ast.expr) -> str | None:
    """Return how the default's text is read; None when the field may hold text."""
    names = _names(annotation)
    known = [reader for name, reader in _READERS.items() if name in names]
    return known[0] if len(known) == 1 and not names & _TEXTS else None


def _model(annotation: ast.expr, classes: set[str]) -> str | None:
    """Return the one model that the field is of; None when it may hold something else."""
    names = _names(annotation) - {"Annotated", "Field", "MISSING", "list"}
    return next(iter(names)) if len(names) == 1 and names <= classes else None


def _edited(source: str, edits: list[tuple[ast.expr, str]]) -> str:
    """Return the source with the parts replaced, the last ones first."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for part, text in sorted(edits, key=lambda e: (-e[0].lineno, -e[0].col_offset)):
        begin = starts[part.lineno - 1] + part.col_offset
        end = starts[(part.end_lineno or part.lineno) - 1] + (part.end_col_offset or 0)
        data = data[:begin] + text.encode() + data[end:]
    return data.decode()


def _with_import(source: str, line: str) -> str:
    """Return the module with a further import; ruff sorts it into its place."""
    index = source.index("from pydantic") if "from pydantic" in source else 0
    return source[:index] + line + source[index:]
