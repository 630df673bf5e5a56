"""Servers, and the credentials that they and operations require: A18 and A19."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.compat.leftover import check_leftovers, without_words
from contractkit.compat.messaging.revision import Sides
from contractkit.compat.schema.local import shown
from contractkit.compat.use import Use
from contractkit.documents import at
from contractkit.location import Location
from contractkit.model.messaging import Server

FACTS = {
    "host": "host",
    "protocol": "protocol",
    "protocol_version": "protocolVersion",
    "pathname": "pathname",
}
"""The members of a server that clients connect by, with their names in the document."""

_PORTS = {
    "amqp": ":5672",
    "amqps": ":5671",
    "mqtt": ":1883",
    "mqtts": ":8883",
    "http": ":80",
    "https": ":443",
    "ws": ":80",
    "wss": ":443",
}
_KNOWN = frozenset({*FACTS.values(), "security", "bindings", "variables"})
_KNOWN_ROOT = frozenset(
    {"asyncapi", "info", "servers", "channels", "operations", "components", "defaultContentType"}
)


def compare_servers(sides: Sides) -> None:
    """Compare servers by key, then by how clients connect. No servers, no findings."""
    before = {server.name: server for server in sides.old.servers}
    after = {same_server(sides, server): server for server in sides.new.servers}
    nowhere = Use("", channel="")
    for name, server in before.items():
        if name not in after:
            message = f"the server {name} ({server.host}) is gone"
            sides.say("broker-removed", message, (server.location, None), nowhere)
        else:
            _pair(sides, server, after[name])
    for name, server in after.items():
        if name not in before:
            message = f"the server {name} ({server.host}) is new"
            sides.say("broker-added", message, (None, server.location), nowhere)
    places = sides.old.location, sides.new.location
    raw = [at(d, place).value for d, place in zip(sides.collector.revisions, places, strict=True)]
    known = _KNOWN_ROOT | {"id"}
    both = (raw[0], places[0]), (raw[1], places[1])
    check_leftovers(sides.collector, *both, known=known, use=nowhere, what="AsyncAPI document")


def same_server(sides: Sides, server: Server) -> str:
    """Return the name in OLD of a server of NEW: the same, or of one with the same address."""
    names = {known.name for known in sides.old.servers}
    kept = names & {other.name for other in sides.new.servers}
    if server.name in names:
        return server.name
    same = (s.name for s in sides.old.servers if s.name not in kept and _facts(s) == _facts(server))
    return next(same, server.name)


def _facts(server: Server) -> list[Any]:
    return [_fact(server, attribute) for attribute in FACTS]


def _fact(server: Server, attribute: str) -> str:
    """Return a member; hosts and protocols have no case, a protocol's own port need not be told."""
    text: str = getattr(server, attribute)
    if attribute not in {"host", "protocol"}:
        return text
    port = _PORTS.get(server.protocol.lower(), ":")
    return text.lower().removesuffix(port) if attribute == "host" else text.lower()


def _pair(sides: Sides, old: Server, new: Server) -> None:
    use = Use("", channel="")
    for attribute, key in FACTS.items():
        was, now = getattr(old, attribute), getattr(new, attribute)
        if _fact(old, attribute) != _fact(new, attribute):
            places = sides.places(old.location, new.location, key)
            message = f"the server {new.name}: {key} {shown(was)} became {shown(now)}"
            sides.say("broker-changed", message, places, use, token=key)
    places = sides.places(old.location, new.location, "security")
    name = f"the server {new.name}"
    compare_credentials(sides, old.security, new.security, places, uses=(use,), name=name)
    raw = [
        at(documents, server.location).value
        for documents, server in zip(sides.collector.revisions, (old, new), strict=True)
    ]
    raw = [{key: without_words(value) for key, value in one.items()} for one in raw]
    both = (raw[0], old.location), (raw[1], new.location)
    known = _KNOWN - {"bindings", "variables"}
    check_leftovers(sides.collector, *both, known=known, use=use, what=name)


def compare_credentials(
    sides: Sides,
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    places: tuple[Location, Location],
    *,
    uses: Sequence[Use],
    name: str,
) -> None:
    """Compare security schemes: rule A19. One more alternative is harmless."""
    before, after = [_scheme(scheme) for scheme in old], [_scheme(scheme) for scheme in new]
    if not before and after:
        sides.say("broker-security-added", f"{name} demands credentials", places, *uses)
    elif before and not after:
        sides.say("broker-security-removed", f"{name} demands no credentials", places, *uses)
    else:
        for scheme in before:
            if not any(scheme.suffices(other) for other in after):
                message = f"{name} no longer takes {scheme.kind}"
                if any(scheme.differs_in_scopes(other) for other in after):
                    message = f"{name} demands more scopes of {scheme.kind}"
                sides.say("broker-security-added", message, places, *uses, token=scheme.text)
        for scheme in after:
            if not any(scheme.suffices(other) for other in before):
                message = f"{name} also takes {scheme.kind}"
                if any(scheme.differs_in_scopes(other) for other in before):
                    message = f"{name} demands fewer scopes of {scheme.kind}"
                sides.say("broker-security-removed", message, places, *uses, token=scheme.text)


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A security scheme: its type, what else it is, its flows, and the scopes that it demands."""

    kind: str
    facts: str
    flows: frozenset[tuple[str, str]]
    scopes: frozenset[str]

    @property
    def text(self) -> str:
        return f"{self.kind} {self.facts} {sorted(self.flows)} {sorted(self.scopes)}"

    def differs_in_scopes(self, other: "_Scheme") -> bool:
        """Return whether the other scheme is this one, with other scopes at most."""
        return self.facts == other.facts and self.flows == other.flows

    def suffices(self, other: "_Scheme") -> bool:
        """Return whether credentials for this scheme satisfy the other; each flow gives some."""
        same = self.facts == other.facts and self.flows <= other.flows
        return same and other.scopes <= self.scopes


def _scheme(scheme: Mapping[str, Any]) -> _Scheme:
    left_out = {"description", "scopes", "bearerFormat", "flows"}
    facts = {k: v for k, v in scheme.items() if k not in left_out and not k.startswith("x-")}
    if facts.get("type") == "httpApiKey" and facts.get("in") == "header":
        facts["name"] = str(facts.get("name")).lower()
    if isinstance(facts.get("scheme"), str):
        facts["scheme"] = str(facts["scheme"]).lower()
    written = scheme.get("flows")
    flows = {
        (name, f"{key} {url}")
        for name, flow in (written.items() if isinstance(written, Mapping) else ())
        for key, url in flow.items()
        if not key.lower().endswith("scopes")
    }
    scopes = frozenset(map(str, scheme.get("scopes") or ()))
    kind = str(scheme.get("type", scheme.get("$ref", "")))
    return _Scheme(kind, str(sorted(facts.items(), key=str)), frozenset(flows), scopes)
