"""What a report begins with: how many findings of which severity and rule, and whom they touch."""

from collections import Counter
from dataclasses import dataclass

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.rule import Severity

MOST = 10
"""How many operations are named."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was met in a severity."""

    severity: Severity
    rule: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class OperationCount:
    """How many findings touch an operation, and how many of them break."""

    operation: str
    findings: int
    breaking: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of the findings that a report tells; waived ones are counted apart."""

    severities: dict[Severity, int]
    waived: int
    rules: tuple[RuleCount, ...]
    operations: tuple[OperationCount, ...]


def summarise(outcome: Outcome, everything: bool) -> Summary:
    """Count what a report tells. The worst comes first, then the most frequent."""
    told = [finding for finding in shown(outcome, everything) if not finding.waived]
    rules = Counter((finding.severity, finding.rule.id, finding.rule.name) for finding in told)
    ordered = sorted(rules.items(), key=lambda item: (-item[0][0], -item[1], item[0][1:]))
    return Summary(
        severities={severity: len(outcome.of(severity)) for severity in reversed(Severity)},
        waived=len(outcome.waived),
        rules=tuple(RuleCount(*key, count) for key, count in ordered),
        operations=_operations(told),
    )


def _operations(told: list[Finding]) -> tuple[OperationCount, ...]:
    all_of, breaking = Counter[str](), Counter[str]()
    for finding in told:
        all_of.update(finding.operations)
        if finding.severity is Severity.BREAKING:
            breaking.update(finding.operations)
    names = sorted(all_of, key=lambda name: (-breaking[name], -all_of[name], name))
    return tuple(OperationCount(name, all_of[name], breaking[name]) for name in names[:MOST])
