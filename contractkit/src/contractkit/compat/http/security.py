"""What credentials an operation demands, with the document's default resolved: H13."""

from collections.abc import Callable, Mapping

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.leftover import WORDS
from contractkit.compat.use import Use
from contractkit.model.http import HttpOperation, SecurityScheme, SecurityUse

Alternative = frozenset[str]
Alternatives = Mapping[Alternative, tuple[SecurityUse, ...]]


def compare_security(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, use: Use
) -> None:
    """Compare the alternatives by their schemes, then the scopes of each."""
    before = {_names(alternative): alternative for alternative in old.security}
    after = {_names(alternative): alternative for alternative in new.security}
    places = (old.location, new.location)

    def say(rule: str, message: str) -> None:
        collector.say(RULES[rule], message, *places, use, token=message)

    open_before = not before or frozenset() in before
    open_after = not after or frozenset() in after
    if open_before and not open_after:
        say("security-added", f"demands {_text(after)}")
    elif open_after and not open_before:
        say("security-dropped", f"no longer demands {_text(before)}")
    elif before and after:
        _alternatives(say, before, after)
    for names in sorted(before.keys() & after.keys(), key=sorted):
        first, second = _scopes(before[names]), _scopes(after[names])
        for scheme, scope in sorted(second - first):
            say("security-scope-added", f"{scheme} demands the scope {scope}")
        for scheme, scope in sorted(first - second):
            say("security-scope-removed", f"{scheme} no longer demands the scope {scope}")
    _schemes(collector, old, new, use)


def _alternatives(
    say: Callable[[str, str], None], before: Alternatives, after: Alternatives
) -> None:
    for names in sorted(before.keys() - after.keys(), key=sorted):
        say("security-alternative-removed", f"{_words(names)} no longer suffices")
    for names in sorted(after.keys() - before.keys(), key=sorted):
        say("security-alternative-added", f"{_words(names)} suffices too")


def _schemes(collector: FindingCollector, old: HttpOperation, new: HttpOperation, use: Use) -> None:
    known = {entry.scheme.name: entry.scheme for way in old.security for entry in way}
    now = {entry.scheme.name: entry.scheme for way in new.security for entry in way}
    for name in sorted(known.keys() & now.keys()):
        _scheme(collector, known[name], now[name], use)


def _scheme(
    collector: FindingCollector, old: SecurityScheme, new: SecurityScheme, use: Use
) -> None:
    before, after = _facts(old), _facts(new)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            message = f"the security scheme {new.name}: {key} changed"
            collector.say(
                RULES["security-scheme-changed"],
                message,
                old.location,
                new.location,
                use,
                token=key,
            )


def _facts(scheme: SecurityScheme) -> dict[str, object]:
    facts = {k: v for k, v in scheme.raw.items() if k not in WORDS and not k.startswith("x-doc")}
    if facts.get("type") == "apiKey" and facts.get("in") == "header":
        facts["name"] = str(facts.get("name")).lower()
    if isinstance(facts.get("scheme"), str):
        facts["scheme"] = str(facts["scheme"]).lower()
    facts.pop("bearerFormat", None)
    flows = facts.pop("flows", None)
    for flow, described in (flows if isinstance(flows, dict) else {}).items():
        facts[f"flow {flow}"] = {k: v for k, v in described.items() if k != "scopes"}
    return facts


def _names(alternative: tuple[SecurityUse, ...]) -> Alternative:
    return frozenset(use.scheme.name for use in alternative)


def _scopes(alternative: tuple[SecurityUse, ...]) -> set[tuple[str, str]]:
    return {(use.scheme.name, scope) for use in alternative for scope in use.scopes}


def _words(names: Alternative) -> str:
    return " and ".join(sorted(names)) or "nothing"


def _text(alternatives: Alternatives) -> str:
    return " or ".join(_words(names) for names in sorted(alternatives, key=sorted))
