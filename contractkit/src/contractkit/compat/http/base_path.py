"""A base path that moved from the servers into the paths, or the reverse: the URLs are the same."""

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from contractkit.model.http import HttpContract, HttpOperation
from contractkit.paths import positional


def rebased(old: HttpContract, new: HttpContract) -> HttpContract:
    """Return `new` with operations written at the base path of `old` where `old` has them there.

    `/v1/orders` at `https://e.example` becomes `/orders` at `https://e.example/v1`. Whether the
    servers are the same then is for others to compare.
    """
    known = {_address(operation) for operation in old.operations}
    bases = sorted({_base(operation.servers or old.servers) for operation in old.operations})
    moved = []
    for operation in new.operations:
        ways = [_at(operation, operation.servers or new.servers, base) for base in bases]
        found = [way for way in ways if way is not None and _address(way) in known]
        moved.append(operation if _address(operation) in known or not found else found[0])
    return replace(new, operations=tuple(moved))


def _address(operation: HttpOperation) -> tuple[str, str]:
    return operation.method, positional(operation.path)


def _base(servers: tuple[str, ...]) -> str:
    """Return the base path that all servers have, or an empty string."""
    found = {_path(server) for server in servers}
    return found.pop() if len(found) == 1 else ""


def _path(server: str) -> str:
    try:
        return urlsplit(server).path.rstrip("/")
    except ValueError:
        return ""


def _at(operation: HttpOperation, servers: tuple[str, ...], base: str) -> HttpOperation | None:
    """Return the operation as it is written at another base path, or None."""
    own = _base(servers)
    whole = own + operation.path
    if own == base or not whole.startswith(f"{base}/"):
        return None
    try:
        urls = [urlsplit(server)._replace(path=base) for server in servers or ("/",)]
    except ValueError:
        return None
    return replace(
        operation, path=whole.removeprefix(base), servers=tuple(urlunsplit(url) for url in urls)
    )
