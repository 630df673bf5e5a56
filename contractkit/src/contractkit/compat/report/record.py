"""The report for programs: one JSON object, byte-identical for the same comparison."""

import json
from typing import Any

from contractkit.compat.finding import Finding
from contractkit.compat.outcome import Outcome
from contractkit.compat.report.shown import shown
from contractkit.compat.report.summary import summarise
from contractkit.compat.report.text import shortened
from contractkit.compat.rule import Severity
from contractkit.location import Location


def record(outcome: Outcome, everything: bool) -> str:
    """Return the outcome as JSON. Later versions add members but change and remove none."""
    summary = summarise(outcome, everything)
    body = {
        "format": 1,
        "verdict": outcome.verdict,
        "status": outcome.status,
        "old": outcome.old,
        "new": outcome.new,
        "against": list(outcome.against),
        "versions": [
            {"document": document, "old": old, "new": new}
            for document, old, new in outcome.versions
        ],
        "counts": {severity.label: len(outcome.of(severity)) for severity in Severity},
        "rules": [
            {
                "severity": one.severity.label,
                "rule": one.rule,
                "name": one.name,
                "count": one.count,
            }
            for one in summary.rules
        ],
        "mostAffected": [
            {"operation": one.operation, "findings": one.findings, "breaking": one.breaking}
            for one in summary.operations
        ],
        "waivers": [str(complaint) for complaint in outcome.complaints],
        "findings": [_finding(finding) for finding in shown(outcome, everything)],
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    witness = finding.witness
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": finding.severity.label,
        "category": finding.category.value,
        "verdicts": {role.value: severity.label for role, severity in finding.verdicts},
        "message": finding.message,
        "subject": finding.subject,
        "old": _location(finding.old),
        "new": _location(finding.new),
        "operations": list(finding.operations),
        "blast": finding.blast,
        "against": list(finding.against),
        "witness": None
        if witness is None
        else {
            "payload": shortened(witness.payload),
            "acceptedBy": witness.accepted_by,
            "refusedBy": witness.refused_by,
            "whole": witness.whole,
            "reading": witness.reading,
        },
        "unproven": finding.unproven,
        "note": finding.note,
        "waived": finding.waived,
        "about": str(finding.anchor),
        "fingerprint": finding.fingerprint,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {
        "file": location.file,
        "line": location.line,
        "column": location.column,
        "pointer": location.pointer,
    }
