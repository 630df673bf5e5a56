"""The summary of a report: findings per severity and rule, and the most affected operations."""

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
    """How many findings affect an operation, and how many of them are breaking."""

    operation: str
    findings: int
    breaking: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of the findings in a report; waived ones are counted separately."""

    severities: dict[Severity, int]
    waived: int
    rules: tuple[RuleCount, ...]
    operations: tuple[OperationCount, ...]


def summarise(outcome: Outcome, everything: bool) -> Summary:
    """Count the findings of a report. The worst come first, then the most frequent."""
    counted = [finding for finding in shown(outcome, everything) if not finding.waived]
    rules = Counter((finding.severity, finding.rule.id, finding.rule.name) for finding in counted)
    ordered = sorted(rules.items(), key=lambda item: (-item[0][0], -item[1], item[0][1:]))
    return Summary(
        severities={severity: len(outcome.of(severity)) for severity in reversed(Severity)},
        waived=len(outcome.waived),
        rules=tuple(RuleCount(*key, count) for key, count in ordered),
        operations=_operations(counted),
    )


def _operations(counted: list[Finding]) -> tuple[OperationCount, ...]:
    all_of, breaking = Counter[str](), Counter[str]()
    for finding in counted:
        all_of.update(finding.operations)
        if finding.severity is Severity.BREAKING:
            breaking.update(finding.operations)
    names = sorted(all_of, key=lambda name: (-breaking[name], -all_of[name], name))
    return tuple(OperationCount(name, all_of[name], breaking[name]) for name in names[:MOST])
