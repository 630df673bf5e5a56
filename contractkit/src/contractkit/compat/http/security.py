"""What credentials an operation demands, with the document's default resolved: H13.

An operation lists alternatives; a caller needs all schemes of one of them. OLD's callers survive
when each alternative that they may have chosen still holds all that some alternative of NEW needs.
Schemes are the same when they work the same way, whatever the component is called.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.leftover import WORDS
from contractkit.compat.use import Use
from contractkit.model.http import HttpOperation, SecurityScheme, SecurityUse

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Way:
    """One alternative: how its schemes work, their scopes, and their names for people."""

    schemes: frozenset[str]
    scopes: frozenset[tuple[str, str]]
    words: str

    def suffices(self, other: "Way") -> bool:
        """Whether who has this has all that the other needs."""
        return other.schemes <= self.schemes and other.scopes <= self.scopes


def compare_security(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, use: Use
) -> None:
    """Compare the schemes, then the alternatives."""
    places = (old.location, new.location)

    def say(rule: str, message: str) -> None:
        collector.say(RULES[rule], message, *places, use, token=message)

    changed = _schemes(collector, old, new, use)
    before = _ways(old, {})
    after = _ways(new, changed)
    for way in before:
        if not any(way.suffices(other) for other in after):
            _refused(say, way, after)
    for way in after:
        if not any(way.suffices(other) for other in before):
            _eased(say, way, before)


def _ways(operation: HttpOperation, changed: dict[str, str]) -> list[Way]:
    """Return the alternatives; none at all means that nothing is needed."""
    found = []
    for uses in operation.security or ((),):
        keys = [changed.get(one.scheme.name) or _meaning(one.scheme) for one in uses]
        found.append(
            Way(
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


def _refused(say: Say, way: Way, after: Sequence[Way]) -> None:
    """Who came this way is refused now."""
    if not way.schemes:
        say("security-added", f"demands {' or '.join(sorted({other.words for other in after}))}")
        return
    near = [other for other in after if other.schemes <= way.schemes]
    if not near:
        say("security-alternative-removed", f"{way.words} no longer suffices")
        return
    nearest = min(near, key=lambda other: len(other.scopes - way.scopes))
    for _, scope in sorted(nearest.scopes - way.scopes):
        say("security-scope-added", f"{nearest.words} demands the scope {scope}")


def _eased(say: Say, way: Way, before: Sequence[Way]) -> None:
    """Somebody may come this way who could not before."""
    if not way.schemes:
        needed = " or ".join(sorted({other.words for other in before}))
        say("security-dropped", f"no longer demands {needed}")
        return
    near = [other for other in before if other.schemes <= way.schemes]
    if not near:
        say("security-alternative-added", f"{way.words} suffices too")
        return
    nearest = min(near, key=lambda other: len(other.scopes - way.scopes))
    for _, scope in sorted(nearest.scopes - way.scopes):
        say("security-scope-removed", f"{way.words} no longer demands the scope {scope}")


def _schemes(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, use: Use
) -> dict[str, str]:
    """Say which schemes changed. Returns what those of NEW count as: what they were."""
    before = {one.scheme.name: one.scheme for way in old.security for one in way}
    after = {one.scheme.name: one.scheme for way in new.security for one in way}
    meanings = {_meaning(scheme): scheme for scheme in after.values()}
    changed: dict[str, str] = {}
    for name, scheme in before.items():
        same = meanings.get(_meaning(scheme))
        if same is None and name in after:
            _scheme(collector, scheme, after[name], use)
            changed[name] = _meaning(scheme)
        elif same is not None and name not in after:
            message = f"the security scheme {name} is called {same.name}"
            places = (scheme.location, same.location)
            collector.say(RULES["security-scheme-renamed"], message, *places, use, token=name)
    return changed


def _scheme(
    collector: FindingCollector, old: SecurityScheme, new: SecurityScheme, use: Use
) -> None:
    before, after = _facts(old), _facts(new)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            more = key.startswith("flow ") and key not in before
            message = f"the security scheme {new.name}: {key} {'is new' if more else 'changed'}"
            collector.say(
                RULES["security-alternative-added" if more else "security-scheme-changed"],
                message,
                old.location,
                new.location,
                use,
                token=key,
            )


def _meaning(scheme: SecurityScheme) -> str:
    """How a scheme works, as a text that is the same for the same scheme."""
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
