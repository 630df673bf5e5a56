"""The SARIF report, for code scanning."""

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.report.text import payload_of, proof_of
from contractkit.compat.rule import Rule
from contractkit.sarif import Result, RootedLocation, RuleDescription, write_sarif


def sarif(outcome: Outcome, everything: bool) -> str:
    """Return one run with one result per finding; waived ones are suppressed with their reason."""
    findings = shown(outcome, everything)
    rules = {_identifier(finding.rule): finding.rule for finding in findings}
    described = [
        RuleDescription(
            name, rule.title, rule.verdict(None).level, {"category": rule.category.value}
        )
        for name, rule in sorted(rules.items())
    ]
    results = [_result(finding, outcome) for finding in findings]
    return write_sarif("contractkit diff", described, results)


def _identifier(rule: Rule) -> str:
    return f"{rule.id}/{rule.name}"


def _result(finding: Finding, outcome: Outcome) -> Result:
    text = finding.message
    if finding.witness is not None:
        text += f" Witness: {payload_of(finding)} ({proof_of(finding)})."
    places = [
        RootedLocation(location, root, message)
        for location, root, message in (
            (finding.new, outcome.roots[1], ""),
            (finding.old, outcome.roots[0], "" if finding.new is None else "OLD"),
        )
        if location is not None
    ]
    return Result(
        rule=_identifier(finding.rule),
        level=finding.severity.level,
        message=text,
        place=places[0] if places else None,
        related=places[1:],
        fingerprint=finding.fingerprint,
        suppression=finding.waived,
        properties={
            "operations": list(finding.operations),
            "verdicts": {role.value: severity.label for role, severity in finding.verdicts},
        },
    )
