"""What credentials an operation demands, with the document's default resolved: H13.

An operation lists alternatives; a caller needs all schemes of one of them. NEW is compatible when
each alternative of OLD satisfies at least one alternative of NEW. Schemes are the same when their
members are, whatever the component is called.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.leftover import WORDS
from contractkit.compat.use import Use
from contractkit.documents import at
from contractkit.model.http import HttpOperation, SecurityScheme, SecurityUse

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative: the members of its schemes, their scopes, and their names for messages."""

    schemes: frozenset[str]
    scopes: frozenset[tuple[str, str]]
    words: str

    def suffices(self, other: "Alternative") -> bool:
        """Return whether credentials for this alternative satisfy the other."""
        return other.schemes <= self.schemes and other.scopes <= self.scopes


def compare_security(
    collector: FindingCollector,
    old: HttpOperation,
    new: HttpOperation,
    use: Use,
    *,
    outgoing: bool,
) -> None:
    """Compare the schemes, then the alternatives.

    What the document demands of its callers says nothing of requests that we make (`outgoing`).
    """
    if outgoing:
        old, new = (
            operation
            if "security" in at(documents, operation.location).value
            else replace(operation, security=())
            for documents, operation in zip(collector.revisions, (old, new), strict=True)
        )
    places = (old.location, new.location)

    def say(rule: str, message: str) -> None:
        collector.say(RULES[rule], message, *places, use, token=message)

    changed = _schemes(collector, old, new, use)
    before = _alternatives(old, {})
    after = _alternatives(new, changed)
    if outgoing:
        _sent(say, before, after)
        return
    for alternative in before:
        if not any(alternative.suffices(other) for other in after):
            _refused(say, alternative, after)
    for alternative in after:
        if not any(alternative.suffices(other) for other in before):
            _eased(say, alternative, before)


def _sent(say: Say, before: Sequence[Alternative], after: Sequence[Alternative]) -> None:
    """Compare what a request that we make carries; its receiver expects one alternative of OLD."""
    for alternative in after:
        if not any(alternative.suffices(other) for other in before):
            say("outgoing-security-reduced", f"may be sent with {alternative.words}")
    for alternative in before:
        if not any(alternative.suffices(other) for other in after):
            say("outgoing-security-added", f"is no longer sent with {alternative.words} alone")


def _alternatives(operation: HttpOperation, changed: dict[str, str]) -> list[Alternative]:
    """Return the alternatives; an empty list of requirements is one that needs nothing."""
    found = []
    for uses in operation.security or ((),):
        keys = [changed.get(one.scheme.name) or _meaning(one.scheme) for one in uses]
        found.append(
            Alternative(
                frozenset(keys),
                frozenset(
                    (key, scope)
                    for key, one in zip(keys, uses, strict=True)
                    for scope in one.scopes
                ),
                _words(uses),
            )
        )
    return found


def _words(uses: Sequence[SecurityUse]) -> str:
    return " and ".join(sorted(one.scheme.name for one in uses)) or "nothing"


def _refused(say: Say, alternative: Alternative, after: Sequence[Alternative]) -> None:
    """Record that credentials for this alternative are now refused."""
    if not alternative.schemes:
        say("security-added", f"demands {' or '.join(sorted({other.words for other in after}))}")
        return
    near = [other for other in after if other.schemes <= alternative.schemes]
    if not near:
        say("security-alternative-removed", f"{alternative.words} no longer suffices")
        return
    nearest = min(near, key=lambda other: len(other.scopes - alternative.scopes))
    for _, scope in sorted(nearest.scopes - alternative.scopes):
        say("security-scope-added", f"{nearest.words} demands the scope {scope}")


def _eased(say: Say, alternative: Alternative, before: Sequence[Alternative]) -> None:
    """Record that an alternative admits callers who were refused before."""
    if not alternative.schemes:
        needed = " or ".join(sorted({other.words for other in before}))
        say("security-dropped", f"no longer demands {needed}")
        return
    near = [other for other in before if other.schemes <= alternative.schemes]
    if not near:
        say("security-alternative-added", f"{alternative.words} suffices too")
        return
    nearest = min(near, key=lambda other: len(other.scopes - alternative.scopes))
    for _, scope in sorted(nearest.scopes - alternative.scopes):
        say("security-scope-removed", f"{alternative.words} no longer demands the scope {scope}")


def _schemes(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, use: Use
) -> dict[str, str]:
    """Record changed schemes. Return, by name, the scheme of OLD that each of NEW counts as."""
    before = {one.scheme.name: one.scheme for alternative in old.security for one in alternative}
    after = {one.scheme.name: one.scheme for alternative in new.security for one in alternative}
    meanings = {_meaning(scheme): scheme for scheme in after.values()}
    changed: dict[str, str] = {}
    for name, scheme in before.items():
        same = meanings.get(_meaning(scheme))
        if same is None and name in after:
            _scheme(collector, scheme, after[name], use)
            changed[name] = _meaning(scheme)
        elif same is None and (more := _extended(scheme, after, before)) is not None:
            _renamed(collector, scheme, more, use)
            _scheme(collector, scheme, more, use)
            changed[more.name] = _meaning(scheme)
        elif same is not None and name not in after:
            _renamed(collector, scheme, same, use)
    return changed


def _renamed(
    collector: FindingCollector, old: SecurityScheme, new: SecurityScheme, use: Use
) -> None:
    message = f"the security scheme {old.name} is called {new.name}"
    places = (old.location, new.location)
    collector.say(RULES["security-scheme-renamed"], message, *places, use, token=old.name)


def _extended(
    scheme: SecurityScheme,
    after: Mapping[str, SecurityScheme],
    before: Mapping[str, SecurityScheme],
) -> SecurityScheme | None:
    """Return a scheme of another name that allows all that one does, and more."""
    others = (other for name, other in after.items() if name not in before)
    return next((other for other in others if all(_changes(scheme, other).values())), None)


def _scheme(
    collector: FindingCollector, old: SecurityScheme, new: SecurityScheme, use: Use
) -> None:
    for key, more in _changes(old, new).items():
        message = f"the security scheme {new.name}: {key} {'allows more' if more else 'changed'}"
        rule = RULES["security-alternative-added" if more else "security-scheme-changed"]
        collector.say(rule, message, old.location, new.location, use, token=key)


def _changes(old: SecurityScheme, new: SecurityScheme) -> dict[str, bool]:
    """Return the members that differ, and whether NEW only allows more by each."""
    before, after = _facts(old), _facts(new)
    return {
        key: (key.startswith("flow ") and _adds(before.get(key, {}), after.get(key)))
        or (key == "oauth2MetadataUrl" and key not in before)
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }


def _adds(before: object, after: object) -> bool:
    """Return whether a flow is new, or only has a URL to refresh tokens that it had not."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    added = after.keys() - before.keys()
    return all(after.get(key) == before[key] for key in before) and (
        not before or added == {"refreshUrl"}
    )


def _meaning(scheme: SecurityScheme) -> str:
    """Return a text that is equal for schemes that work the same alternative."""
    return json.dumps(_facts(scheme), sort_keys=True, default=str)


def _facts(scheme: SecurityScheme) -> dict[str, object]:
    facts = {k: v for k, v in scheme.raw.items() if k not in WORDS and not k.startswith("x-")}
    if facts.get("type") == "apiKey" and facts.get("in") == "header":
        facts["name"] = str(facts.get("name")).lower()
    if isinstance(facts.get("scheme"), str):
        facts["scheme"] = str(facts["scheme"]).lower()
    facts.pop("bearerFormat", None)
    facts.pop("deprecated", None)
    flows = facts.pop("flows", None)
    for flow, described in (flows if isinstance(flows, dict) else {}).items():
        if isinstance(described, dict):
            facts[f"flow {flow}"] = {k: v for k, v in described.items() if k != "scopes"}
    return facts
