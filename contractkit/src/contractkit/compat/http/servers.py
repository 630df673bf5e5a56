"""The servers of an operation: H16. It does not matter which object they are written in."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.use import Use
from contractkit.location import Location
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.paths import positional

_PORTS = {"http": ":80", "https": ":443"}

Served = tuple[Sequence[str], Location]
"""URLs and where they are written."""


def served(operation: HttpOperation, contract: HttpContract) -> Served:
    """Return the operation's own servers, else the document's."""
    if operation.servers:
        return operation.servers, operation.location
    return contract.servers, contract.location


def compare_servers(collector: FindingCollector, old: Served, new: Served, use: Use) -> None:
    """Compare the URLs; without any, the default is `/` (OpenAPI, Server Object).

    The URL by default of a template counts by itself: it is what callers use who choose nothing.
    """
    before, after = _urls(old), _urls(new)
    places = (old[1], new[1])
    for url in before:
        if url not in after and (_matches(url, before) or not _matches(url, after)):
            message = f"the server {url or '/'} is gone"
            collector.say(RULES["server-url-removed"], message, *places, use, token=url)
    for url in after:
        if url not in before:
            message = f"the server {url or '/'} is new"
            collector.say(RULES["server-url-added"], message, *places, use, token=url)


def _matches(url: str, others: Sequence[str]) -> bool:
    """Return whether a URL is one of those of a template, whose variables may have any value."""
    patterns = (re.escape(other).replace(r"\{\}", "[^/]+") for other in others if "{}" in other)
    return "{}" not in url and any(re.fullmatch(pattern, url) for pattern in patterns)


def _urls(served_by: Served) -> list[str]:
    return list(dict.fromkeys(_normal(url) for url in served_by[0])) or [""]


def _normal(url: str) -> str:
    """Return a URL normalised (RFC 3986, 6.2): lower-case host, no default port, no final `/`."""
    template = positional(url)
    try:
        parts = urlsplit(template)
    except ValueError:
        return template
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    host = host.removesuffix(_PORTS.get(scheme, ":"))
    return urlunsplit((scheme, host, parts.path.rstrip("/"), parts.query, parts.fragment))
