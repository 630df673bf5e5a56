"""Gives the defaults of generated models the type of their field.

The model generator writes the default of a date as the text that JSON has for it; the model would
then hold text where its type says `date`.
"""

import ast
from collections.abc import Iterator
from typing import Final

_READERS: Final = {"date": "{}.fromisoformat", "AwareDatetime": "{}.fromisoformat", "UUID": "{}"}
"""How the text of a default is read, by the type of its field."""
_TEXTS: Final = {"str", "StrictStr"}


def with_typed_defaults(source: str) -> str:
    """Return a module whose fields have defaults of their own types."""
    tree = ast.parse(source)
    module = _Module(tree)
    edits: list[tuple[ast.expr, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            edits += module.edits(node.annotation, node.value)
    result = _edited(source, edits) if edits else source
    if any(text.startswith(f"{module.datetime}.") for _, text in edits):
        alias = "" if module.datetime == "datetime" else f" as {module.datetime}"
        result = _with_import(result, f"from datetime import datetime{alias}\n")
    if any(text.startswith("Field(") for _, text in edits):
        result = _with_import(result, "from pydantic import Field\n")
    return result


class _Module:
    """What the names of a generated module stand for; a member may have taken that of a type."""

    def __init__(self, tree: ast.Module) -> None:
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        self._imported = {
            alias.asname or alias.name: alias.name for node in imports for alias in node.names
        }
        self._classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        self._classes |= {
            alias.asname or alias.name for node in imports if node.level for alias in node.names
        }
        members = {
            node.target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        taken = "datetime" in members | self._classes
        self.datetime = "datetime_aliased" if taken else "datetime"

    def edits(self, annotation: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, str]]:
        """Yield the parts of a default that are written in another way."""
        reader = self._reader(annotation)
        if reader is not None:
            for part in value.elts if isinstance(value, ast.List) else [value]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part, f"{reader}({part.value!r})"
        objects = value.elts if isinstance(value, ast.List) else [value]
        if objects and all(isinstance(part, ast.Dict) for part in objects):
            model = _model(annotation, self._classes)
            if model is not None:
                made = [f"{model}.model_validate({ast.unparse(part)})" for part in objects]
                text = f"[{', '.join(made)}]" if isinstance(value, ast.List) else made[0]
                yield value, f"Field(default_factory=lambda: {text})"

    def _reader(self, annotation: ast.expr) -> str | None:
        """Return what reads the default's text; None when the field may hold text."""
        kinds = {self._imported.get(name, name): name for name in _names(annotation)}
        known = [kind for kind in _READERS if kind in kinds]
        if len(known) != 1 or kinds.keys() & _TEXTS:
            return None
        kind = known[0]
        return _READERS[kind].format(self.datetime if kind == "AwareDatetime" else kinds[kind])


def _names(annotation: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


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
