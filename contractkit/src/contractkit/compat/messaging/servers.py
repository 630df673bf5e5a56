"""Servers, and the credentials that they and operations require: A18 and A19."""

from collections.abc import Mapping, Sequence
from typing import Any

from contractkit.compat.leftover import check_leftovers
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
    return [getattr(server, attribute) for attribute in FACTS]


def _pair(sides: Sides, old: Server, new: Server) -> None:
    use = Use("", channel="")
    for attribute, key in FACTS.items():
        was, now = getattr(old, attribute), getattr(new, attribute)
        if was != now:
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
    if before == after:
        return
    if not before:
        sides.say("broker-security-added", f"{name} demands credentials", places, *uses)
    elif not after:
        sides.say("broker-security-removed", f"{name} demands no credentials", places, *uses)
    else:
        for scheme in before:
            if scheme not in after:
                message = f"{name} no longer takes {scheme[0]}"
                sides.say("broker-security-added", message, places, *uses, token=str(scheme))
        for scheme in after:
            if scheme not in before:
                message = f"{name} also takes {scheme[0]}"
                sides.say("broker-security-removed", message, places, *uses, token=str(scheme))


def _scheme(scheme: Mapping[str, Any]) -> tuple[str, str]:
    facts = {k: v for k, v in scheme.items() if k != "description" and not k.startswith("x-")}
    return str(scheme.get("type", scheme.get("$ref", ""))), str(sorted(facts.items(), key=str))
