"""Selects the findings of a report."""

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.rule import Severity


def shown(outcome: Outcome, everything: bool) -> list[Finding]:
    """Return all findings, or only those that are more than harmless."""
    return [f for f in outcome.findings if everything or f.severity > Severity.OK]
