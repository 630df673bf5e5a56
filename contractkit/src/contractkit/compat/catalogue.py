"""All rules of the gate in one list, and as the table of the documentation."""

from contractkit.compat.http.rules import HTTP_RULES
from contractkit.compat.http.stream_rules import STREAM_RULES
from contractkit.compat.messaging.rules import MESSAGING_RULES
from contractkit.compat.rule import Rule, Severity, index
from contractkit.compat.schema.rules import SCHEMA_RULES
from contractkit.compat.unclassified import EXTENSION, UNCLASSIFIED

CATALOGUE: tuple[Rule, ...] = (
    *SCHEMA_RULES,
    *HTTP_RULES,
    *MESSAGING_RULES,
    *STREAM_RULES,
    UNCLASSIFIED,
    EXTENSION,
)
"""Every rule of the gate. Names are unique over all kinds of documents."""

BY_NAME = index(CATALOGUE)

_WORDS = {
    Severity.OK: "ok",
    Severity.WARNING: "warn",
    Severity.BREAKING: "**break**",
    Severity.UNCLASSIFIED: "cannot tell",
}


def table() -> str:
    """Return the rules as a Markdown table; rules without direction have one verdict for both."""
    lines = ["| id | rule | IN | OUT | what changed |", "|---|---|---|---|---|"]
    for rule in CATALOGUE:
        kind = "" if rule.category.value == "WIRE" else f" ({rule.category.value})"
        lines.append(
            f"| {rule.id} | `{rule.name}`{kind} | {_WORDS[rule.parsed]} | "
            f"{_WORDS[rule.emitted]} | {rule.title} |"
        )
    return "\n".join(lines) + "\n"
