"""What mypy does not check, such as benchmarks and tests, still imports what there is."""

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = (
    "benchmarks",
    "contract-tests",
    "contractkit/tests",
    "sse-conformance/tests",
    "tests",
    "testing",
    "scripts",
    "contractkit/bench",
    "contractkit/fuzz",
    "contractkit/tools",
)
OURS = {"backbone", "benchmarks", "contractkit", "gateway", "generated", "service", "slipway"}
OURS |= {"sse_conformance", "testing", "worker"}


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the modules that a file imports from, each with a name that it takes."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def is_there(module: str, name: str) -> bool:
    if hasattr(importlib.import_module(module), name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None


def test_every_name_that_a_program_imports_exists() -> None:
    wanted = {
        (module, name): file.relative_to(ROOT)
        for folder in PROGRAMS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for module, name in imported(file)
        if module.partition(".")[0] in OURS
    }
    assert len(wanted) > 200
    missing = []
    for (module, name), file in wanted.items():
        try:
            there = is_there(module, name)
        except ModuleNotFoundError:
            there = False
        if not there:
            missing.append(f"{file}: from {module} import {name}")
    assert missing == []
