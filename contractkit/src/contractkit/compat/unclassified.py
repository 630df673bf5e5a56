"""The rules for all other changes: the gate fails closed, except for vendor extensions (`x-`)."""

from contractkit.compat.rule import Rule, Severity

UNCLASSIFIED = Rule(
    "G03",
    "unclassified",
    Severity.UNCLASSIFIED,
    Severity.UNCLASSIFIED,
    "a keyword or binding changed that no rule decides",
)

EXTENSION = Rule(
    "G03",
    "extension-changed",
    Severity.OK,
    Severity.OK,
    "a vendor extension (`x-…`) changed that no rule decides; it does not affect payloads",
)
