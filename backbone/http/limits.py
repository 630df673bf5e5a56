"""How much one connection, one address and all connections may cost an HTTP process."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network

import structlog

from backbone.settings import Settings

RESERVED_DESCRIPTORS = 256
"""Descriptors kept for the database, the broker and files."""

FRAMING = 8
"""Bytes that a chunked body may spend for one of its own: a chunk of one byte takes six."""

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Sizes in bytes, times in seconds.

    `head` and `fields` bound a request's head (431), `head_seconds` and `body_seconds` the time
    until it and the body have come (408), `message` the bytes of a body with its framing (413),
    `send_seconds` how long a reader may take nothing. `connections` bounds the process,
    `connections_per_address` one IPv4 address or IPv6 /64 outside of `uncounted`. Only from
    `trusted_proxies` the fields X-Forwarded-For and X-Forwarded-Proto count.
    """

    head: int = 65_536
    fields: int = 100
    message: int = 65_536 * FRAMING
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    send_seconds: float = 30.0
    linger_seconds: float = 2.0
    connections: int = 60_000
    connections_per_address: int = 1_024
    pipelined: int = 32
    uncounted: tuple[IPv4Network | IPv6Network, ...] = _LOOPBACK
    trusted_proxies: tuple[str, ...] = ()


def http_limits(settings: Settings) -> HttpLimits:
    """Take the limits from the settings, within what the system lets the process open."""
    connections = settings.http_max_connections
    possible = raise_descriptor_limit() - RESERVED_DESCRIPTORS
    if possible < connections:
        _tell_bounded(connections, possible)
        connections = max(1, possible)
    return HttpLimits(
        head=settings.http_max_head_bytes,
        fields=settings.http_max_fields,
        message=settings.max_body_bytes * FRAMING,
        head_seconds=settings.http_head_timeout_seconds,
        body_seconds=settings.http_body_timeout_seconds,
        send_seconds=settings.http_send_timeout_seconds,
        connections=connections,
        connections_per_address=settings.http_max_connections_per_address,
        # A proxy opens connections for everybody behind it.
        uncounted=(*_LOOPBACK, *map(ip_network, settings.trusted_proxies)),
        trusted_proxies=settings.trusted_proxies,
    )


@cache
def _tell_bounded(wanted: int, possible: int) -> None:
    """Say it once in a process, however many servers it has."""
    log.info("http_connections_bounded", wanted=wanted, possible=possible)


def raise_descriptor_limit() -> int:
    """Let the process open as many files as it may, and answer how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY in {soft, hard}:
        return 1_048_576 if soft == resource.RLIM_INFINITY else soft
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
