"""The report for code scanning: SARIF 2.1.0 (OASIS standard, 27 March 2020)."""

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.text import payload_of, proof_of, shown
from contractkit.compat.rule import Rule, Severity
from contractkit.location import Location

_LEVELS = {
    Severity.OK: "note",
    Severity.WARNING: "warning",
    Severity.BREAKING: "error",
    Severity.UNCLASSIFIED: "error",
}


def sarif(outcome: Outcome, everything: bool) -> str:
    """One run with one result per finding; waived ones are suppressed with their reason."""
    findings = shown(outcome, everything)
    rules = {finding.rule.name: finding.rule for finding in findings}
    names = sorted(rules)
    body = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "contractkit diff",
                        "version": _version(),
                        "rules": [_rule(rules[name]) for name in names],
                    },
                },
                "results": [_result(finding, names) for finding in findings],
                "columnKind": "unicodeCodePoints",
            },
        ],
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _version() -> str:
    try:
        return version("contractkit")
    except PackageNotFoundError:
        return "0"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": f"{rule.id}/{rule.name}",
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "properties": {"category": rule.category.value},
    }


def _result(finding: Finding, names: list[str]) -> dict[str, Any]:
    text = finding.message
    if finding.witness is not None:
        text += f" Witness: {payload_of(finding)} ({proof_of(finding)})."
    result: dict[str, Any] = {
        "ruleId": f"{finding.rule.id}/{finding.rule.name}",
        "ruleIndex": names.index(finding.rule.name),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {"contractkit/v1": finding.fingerprint},
        "properties": {
            "operations": list(finding.operations),
            "verdicts": {role.value: severity.label for role, severity in finding.verdicts},
        },
    }
    if finding.place is not None:
        result["locations"] = [_location(finding.place)]
    if finding.new is not None and finding.old is not None:
        result["relatedLocations"] = [{**_location(finding.old), "message": {"text": "OLD"}}]
    if finding.waived:
        result["suppressions"] = [{"kind": "external", "justification": finding.waived}]
    return result


def _location(location: Location) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": location.file},
            "region": {"startLine": location.line, "startColumn": location.column},
        },
    }
