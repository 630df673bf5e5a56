"""`DATABASE_URL` as libpq reads it: TLS options, sockets, several hosts; and what SQLAlchemy needs.

asyncpg reads the whole URL by itself; SQLAlchemy's parser knows neither several hosts nor libpq's
options and would hand them on as unknown arguments.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg
from sqlalchemy import URL, make_url

from backbone.errors import SettingsError

_POSTGRESQL: Final = frozenset({"postgresql", "postgres"})
# Options in a URL that are SQLAlchemy's, not asyncpg's.
_DIALECTS_OWN: Final = frozenset({"prepared_statement_cache_size", "prepared_statement_name_func"})
# What libpq knows and we set ourselves, for every connection.
_OURS: Final = frozenset(
    {
        *("connect_timeout", "application_name", "fallback_application_name", "client_encoding"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("tcp_user_timeout", "channel_binding", "gssencmode", "sslcompression"),
    }
)
_POOLER: Final = (
    "DATABASE_URL leads to a pooler such as PgBouncer, which refuses our settings ({error}). "
    "Slipway keeps sessions (LISTEN, locks, prepared statements), which transaction mode breaks: "
    "name PostgreSQL itself, or a pool with pool_mode=session and ignore_startup_parameters for "
    "what it refuses"
)
_PLACES: Final = ("host", "port", "user", "password", "database")


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """`url` names the first host, for SQLAlchemy and for people; `dsn` is what asyncpg reads."""

    url: URL
    dsn: str

    def creator(self) -> Callable[..., Awaitable[Any]]:
        """Give SQLAlchemy's dialect a way to connect that leaves the address to asyncpg."""

        async def connect(**options: Any) -> Any:
            rest = {name: value for name, value in options.items() if name not in _PLACES}
            try:
                return await asyncpg.connect(self.dsn, **rest)
            except asyncpg.ProtocolViolationError as error:
                if "startup parameter" not in str(error):
                    raise
                raise SettingsError(_POOLER.format(error=error)) from error

        return connect


def is_postgresql_url(url: str) -> bool:
    """Return whether a URL is of PostgreSQL, with or without a driver's name."""
    return url.partition("://")[0].partition("+")[0] in _POSTGRESQL


def backend_name(url: str) -> str:
    """Return `postgresql` or `sqlite`, or whatever else the URL names. Raises ArgumentError."""
    return "postgresql" if is_postgresql_url(url) else make_url(url).get_backend_name()


def postgres_address(url: str) -> PostgresAddress:
    """Read a PostgreSQL URL. Raises ValueError for a port that is no number."""
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    host, port = _host_and_port(hosts.split(",")[0])
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = [(_RENAMED.get(name, name), value) for name, value in given]
    kept = [(name, value) for name, value in query if name not in _OURS | _DIALECTS_OWN]
    own = {name: value for name, value in query if name in _DIALECTS_OWN}
    database = unquote(parts.path.removeprefix("/")) or None
    parsed = URL.create(
        "postgresql+asyncpg",
        username=unquote(user) or None,
        password=unquote(password) or None,
        host=host or None,
        port=port,
        database=database,
        query=own,
    )
    path = f"/{quote(database)}" if database else ""
    # A slash in a socket's folder may stand as it is; asyncpg decodes what is encoded.
    text = f"?{urlencode(kept)}" if kept else ""
    return PostgresAddress(parsed, f"postgresql://{parts.netloc}{path}{text}")


# SQLAlchemy's and asyncpg's word for libpq's.
_RENAMED: Final = {"ssl": "sslmode"}


def _host_and_port(address: str) -> tuple[str, int | None]:
    if address.startswith("["):
        host, _, rest = address[1:].partition("]")
        return host, int(rest[1:]) if rest.startswith(":") else None
    host, _, port = address.partition(":")
    return unquote(host), int(port) if port else None
