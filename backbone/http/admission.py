"""Counts connections, of the process and of each address, and says which are too many."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from backbone.errors import BusinessError, Overloaded, RateLimited
from backbone.http.limits import HttpLimits

_RETRY_SECONDS = 5


class ConnectionSlot:
    """A counted connection; `release` returns the slot, once."""

    __slots__ = ("_admission", "_network")

    def __init__(self, admission: Admission, network: str | None) -> None:
        self._admission: Admission | None = admission
        self._network = network

    def release(self) -> None:
        """Count the connection no more."""
        admission, self._admission = self._admission, None
        if admission is not None:
            admission.give_back(self._network)


class Admission:
    """The connections of one server, and of each network that it counts.

    Some connections more than allowed are taken for as long as it needs to tell them so; above
    those, connections are closed without a word.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self._limits = limits
        self._networks: dict[str, int] = {}
        self.connections = 0
        self.refused = 0

    def take(self, address: str | None) -> tuple[ConnectionSlot, BusinessError | None]:
        """Count a connection, and tell why it is one too many, if it is."""
        network = self._network(address)
        self.connections += 1
        of_network = 0
        if network is not None:
            of_network = self._networks[network] = self._networks.get(network, 0) + 1
        return ConnectionSlot(self, network), self._refusal(of_network)

    def unanswered(self, address: str | None) -> bool:
        """Return whether a refused connection is not even worth an answer."""
        limits, network = self._limits, self._network(address)
        of_network = 0 if network is None else self._networks.get(network, 0)
        return self.connections > limits.connections + _more(limits.connections) or (
            of_network > limits.connections_per_address + _more(limits.connections_per_address)
        )

    def give_back(self, network: str | None) -> None:
        """Count a connection no more."""
        self.connections -= 1
        if network is None:
            return
        left = self._networks[network] - 1
        if left:
            self._networks[network] = left
        else:
            del self._networks[network]

    def _refusal(self, of_network: int) -> BusinessError | None:
        limits = self._limits
        error: BusinessError | None = None
        if of_network > limits.connections_per_address:
            error = RateLimited(
                "Your address has as many connections as it may have.", retry_after=_RETRY_SECONDS
            )
        elif self.connections > limits.connections:
            error = Overloaded(
                "There are as many connections as there may be.", retry_after=_RETRY_SECONDS
            )
        self.refused += error is not None
        return error

    def _network(self, address: str | None) -> str | None:
        """Return the network that an address counts for; None when it is not counted."""
        if address is None:
            return None
        return _counted(address, self._limits)


def _more(limit: int) -> int:
    """Return how many connections above a limit get an answer."""
    return max(4, limit // 16)


@lru_cache(maxsize=8192)
def _counted(address: str, limits: HttpLimits) -> str | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if any(parsed in network for network in limits.uncounted):
        return None
    return network_of(address)


def network_of(address: str) -> str:
    """Return the address itself, or its /64: what one customer has in IPv6 (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((parsed, 64), strict=False))
    return address
