"""The gate: compares two contracts and returns findings. Every decision is a rule of the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from contractkit.compat.finding import Finding, order
from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.operations import HttpGate
from contractkit.compat.http.rules import RULES as HTTP_RULES
from contractkit.compat.lifecycle import Calendar
from contractkit.compat.messaging.gate import compare_messaging
from contractkit.compat.messaging.rules import RULES as MESSAGING_RULES
from contractkit.compat.mode import Mode, Modes
from contractkit.compat.parties import parties
from contractkit.compat.relayed_stream import compare_relayed_stream
from contractkit.compat.rule import Rule
from contractkit.compat.schema.witness import BUDGET, WitnessFinder
from contractkit.compat.use import Use
from contractkit.compat.versions import Release, policy_findings
from contractkit.model.contract import Contract
from contractkit.model.http import HttpContract
from contractkit.model.messaging import MessagingContract


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of a comparison: the date, the modes, and how strict it is."""

    today: date
    modes: dict[str, Mode] = field(default_factory=dict)
    strict: bool = False
    notice_days: int = 30
    documentation: frozenset[str] = frozenset()
    version_policy: bool = True
    budget: int = BUDGET


def compare(
    old: Contract, new: Contract, terms: Terms, *, transitive_only: bool = False
) -> list[Finding]:
    """Return all findings, the worst first; `transitive_only`: only those of transitive modes."""
    messaging = [side.messaging for side in (old, new) if side.messaging is not None]
    collector = FindingCollector(
        (old.documents, new.documents),
        Modes(terms.modes, parties(messaging)),
        strict=terms.strict,
        documentation=terms.documentation,
        witness_finder=WitnessFinder(terms.budget),
        transitive_only=transitive_only,
    )
    calendar = Calendar(terms.today, terms.notice_days)
    if old.http is not None and new.http is not None:
        HttpGate(collector, calendar).compare(old.http, new.http)
    elif old.http is not None or new.http is not None:
        _lone_http(collector, old.http, new.http)
    if old.messaging is not None and new.messaging is not None:
        compare_messaging(collector, calendar, old.messaging, new.messaging)
    elif old.messaging is not None or new.messaging is not None:
        _lone_messaging(collector, old.messaging, new.messaging)
    compare_relayed_stream(collector, old, new)
    findings = collector.findings()
    if terms.version_policy and not transitive_only:
        findings += version_findings(old, new, findings)
    return sorted(findings, key=order)


def _lone_http(
    collector: FindingCollector, old: HttpContract | None, new: HttpContract | None
) -> None:
    """Record the operations of the OpenAPI document that only one side has."""
    rule: Rule = HTTP_RULES["operation-removed" if old else "operation-added"]
    lone = old or new
    for operation in lone.operations if lone else ():
        message = f"{operation.method} {operation.path} is {'gone' if old else 'new'}"
        places = (operation.location, None) if old else (None, operation.location)
        collector.say(rule, message, *places, Use(operation.label))


def _lone_messaging(
    collector: FindingCollector, old: MessagingContract | None, new: MessagingContract | None
) -> None:
    """Record the operations of the AsyncAPI document that only one side has."""
    rule = MESSAGING_RULES[f"messaging-operation-{'removed' if old else 'added'}"]
    lone = old or new
    for operation in lone.operations if lone else ():
        message = f"the operation {operation.operation_id} is {'gone' if old else 'new'}"
        places = (operation.location, None) if old else (None, operation.location)
        use = Use(operation.operation_id, "", None, operation.channel.key)
        collector.say(rule, message, *places, use)


def version_findings(old: Contract, new: Contract, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of the version policy (H17); waived breaking changes do not count."""
    found: list[Finding] = []
    pairs = ((old.http, new.http, "OpenAPI"), (old.messaging, new.messaging, "AsyncAPI"))
    for before, after, document in pairs:
        if before is None or after is None:
            continue
        mine = [finding for finding in findings if _concerns(finding, document)]
        releases = [
            Release(
                document,
                contract.version,
                side.documents.source(contract.location.file).locate("/info/version"),
            )
            for contract, side in ((before, old), (after, new))
        ]
        found += policy_findings(releases[0], releases[1], mine)
    return found


def _concerns(finding: Finding, document: str) -> bool:
    """Return whether a finding is about a document; a use without a channel is one of HTTP."""
    return any((use.channel is None) == (document == "OpenAPI") for use in finding.uses)
