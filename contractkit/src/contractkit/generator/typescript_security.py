"""Where the TypeScript client puts the secrets of security schemes that are no bearer tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contractkit.model.http import HttpOperation, SecurityScheme

BEARER, BASIC = "Bearer", "Basic"


@dataclass(frozen=True, slots=True)
class ClientSecurity:
    """The schemes of a contract by name: `Bearer`, `Basic`, a header, or `?` and a query parameter.

    `places` is empty where the bearer's token says it all, and where there are no schemes. Cookies
    are the browser's, and certificates the connection's.
    """

    places: Mapping[str, str]
    bearer: bool

    @property
    def secrets(self) -> Mapping[str, str]:
        """Return the schemes whose secrets have a name of their own."""
        return {name: place for name, place in self.places.items() if place != BEARER}

    def of(self, operation: HttpOperation) -> Sequence[Sequence[str]] | None:
        """Return the schemes of an operation's alternatives in their order; None without places.

        An alternative that the client has nothing to send for is left out.
        """
        if not self.places:
            return None
        alternatives = ([use.scheme.name for use in uses] for uses in operation.security)
        sent = (tuple(name for name in names if name in self.places) for names in alternatives)
        return [names for names in dict.fromkeys(sent) if names]


def client_security(operations: Sequence[HttpOperation]) -> ClientSecurity:
    """Return what the operations need."""
    schemes = {
        use.scheme.name: use.scheme
        for operation in operations
        for uses in operation.security
        for use in uses
    }
    placed = {name: _place(scheme) for name, scheme in sorted(schemes.items())}
    places = {name: place for name, place in placed.items() if place is not None}
    bearer = BEARER in places.values() or not places
    return ClientSecurity(places if {*places.values()} - {BEARER} else {}, bearer)


def _place(scheme: SecurityScheme) -> str | None:
    raw = scheme.raw
    if scheme.kind == "http":
        basic = str(raw.get("scheme", "")).lower() == "basic"
        return BASIC if basic else BEARER
    if scheme.kind == "apiKey":
        name, place = str(raw.get("name", "")), raw.get("in")
        if place == "query":
            return f"?{name}"
        return name.lower() if place == "header" else None
    return BEARER if scheme.kind in {"oauth2", "openIdConnect"} else None
