"""Names in generated models that Pydantic or ruff would warn of, excused where they stand."""

import ast
from collections.abc import Iterator
from typing import Final

_AMBIGUOUS: Final = {"l", "O", "I"}
PROTECTED: Final = ("model_validate", "model_dump")
_CONFIGURATION: Final = "model_config = ConfigDict(\n"


def with_excuses(source: str) -> str:
    """Return a module in which the contract's names are no faults."""
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(n.startswith(PROTECTED) for n in _fields(node)):
            first = node.lineno - 1
            while not lines[first].endswith(_CONFIGURATION):
                first += 1
            lines[first] += "        protected_namespaces=(),\n"
    codes = [code for code, names in _names(tree) if names & _AMBIGUOUS]
    if codes:
        lines[0] += f"# ruff: noqa: {', '.join(codes)} (the contract has names of one letter)\n"
    return "".join(lines)


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id


def _names(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Yield the codes of ruff's rules of ambiguous names with the names that they look at."""
    variables = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _is_stored(node)
    }
    yield "E741", variables
    yield "E742", {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
