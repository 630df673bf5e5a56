"""Comments in YAML that suppress violations: `# contractkit: ignore RULE, RULE`.

Such a comment applies to its own line and, on a line of its own, to the next one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from contractkit.documents import Documents
from contractkit.errors import ContractKitError
from contractkit.lint.violation import RULES, Violation
from contractkit.location import Location

_COMMENT: Final = re.compile(r"#\s*contractkit:\s*ignore\b\s*([a-z, -]*)")


def without_ignored(documents: Documents, violations: Iterable[Violation]) -> Iterator[Violation]:
    """Yield the violations that no comment suppresses, and one per comment with an unknown rule."""
    known: dict[str, dict[int, set[str]]] = {}
    for violation in violations:
        file = violation.location.file
        if file not in known:
            known[file] = _read(documents, file)
            yield from _unknown(file, known[file])
        if violation.rule not in known[file].get(violation.location.line, ()):
            yield violation


def _read(documents: Documents, file: str) -> dict[int, set[str]]:
    """Return the rules that are ignored, by line."""
    try:
        lines = documents.tree.read(file).decode("utf-8", "replace").splitlines()
    except (ContractKitError, FileNotFoundError):
        return {}
    found: dict[int, set[str]] = {}
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        if match is not None:
            rules = set(re.findall(r"[a-z-]+", match[1]))
            alone = line.lstrip().startswith("#")
            found.setdefault(number + 1 if alone else number, set()).update(rules)
    return found


def _unknown(file: str, ignored: dict[int, set[str]]) -> Iterator[Violation]:
    for line, rules in ignored.items():
        for rule in sorted(rules - RULES.keys()):
            yield Violation(
                "unreadable",
                Location(file, line, 1, ""),
                f"A comment ignores {rule!r}, which is not a rule.",
                "Name one that `contractkit lint --rules` lists.",
            )
