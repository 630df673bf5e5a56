"""The rule for what no rule decides: the gate fails closed."""

from contractkit.compat.rule import Rule, Severity

UNCLASSIFIED = Rule(
    "G03",
    "unclassified",
    Severity.UNCLASSIFIED,
    Severity.UNCLASSIFIED,
    "a keyword or binding changed that no rule decides",
)
