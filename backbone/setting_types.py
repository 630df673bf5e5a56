"""The types of settings: what a variable's text may be, and what is said of any other text."""

from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from sqlalchemy.exc import ArgumentError

from backbone.amqp_url import check_amqp_url
from backbone.cipher import check_key
from backbone.database.url import backend_name, postgres_address
from backbone.url_address import port_of

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A span of time in seconds."""


def _words(value: object) -> object:
    return (
        [word.strip() for word in value.split(",") if word.strip()]
        if isinstance(value, str)
        else value
    )


def _amqp(value: SecretStr) -> SecretStr:
    check_amqp_url(value.get_secret_value())
    return value


def _redis(value: SecretStr) -> SecretStr:
    """Return the URL with its port, which redis:// URLs may leave out."""
    url = value.get_secret_value()
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    if url.startswith("unix://"):
        return value
    parts = urlsplit(url)
    if port_of(parts) is not None:
        return value
    return SecretStr(parts._replace(netloc=f"{parts.netloc.removesuffix(':')}:6379").geturl())


def _database(value: SecretStr) -> SecretStr:
    try:
        backend = backend_name(value.get_secret_value())
        if backend == "postgresql":
            postgres_address(value.get_secret_value())
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"postgresql", "sqlite"}:
        raise ValueError("must be postgresql://user:password@host/database or sqlite:///file")
    return value


def _http(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/")


def is_private_to_host(url: str) -> bool:
    """Return whether what goes to a URL is encrypted, or never leaves the machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https" or host == "localhost":
            return True
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """Take origins as browsers write them (RFC 6454 §6.2), or `*` alone."""
    if "*" in values and len(values) > 1:
        raise ValueError("is either * alone or a list of origins")
    for value in values:
        if value != "*" and not _is_origin(value):
            raise ValueError(
                f"{value!r} is no origin; write scheme, host and, unless it is the scheme's own, "
                "port, such as https://console.example.com or http://localhost:3000"
            )
    return values


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    written = f"[{host}]" if ":" in host else host
    if port is not None:
        written += f":{port}"
    usual = {"http": 80, "https": 443}
    return (
        parts.scheme in usual
        and bool(host)
        and usual[parts.scheme] != port
        and not any(sign in host for sign in "*_ %")
        and value == f"{parts.scheme}://{written}"
    )


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise ValueError(
                f"{value!r} is neither an address nor a network such as 10.0.0.0/8"
            ) from None
    return values


def _keys(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for value in values:
        check_key(value.get_secret_value())
    return values


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""A list in one variable, separated by commas."""

Origins = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_origins)]
"""Origins of web pages, separated by commas, or `*`."""

Networks = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_networks)]
"""IP addresses and networks, separated by commas."""

AmqpUrl = Annotated[SecretStr, AfterValidator(_amqp)]
"""amqp:// or amqps://; may hold a password, and `heartbeat`, `cafile`, `certfile`, `keyfile`."""

RedisUrl = Annotated[SecretStr, AfterValidator(_redis)]
"""redis://, rediss:// or unix://; may hold a password."""

DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
"""postgresql:// or sqlite:///; may hold a password."""

HttpUrl = Annotated[str, AfterValidator(_http)]
"""http:// or https://, without a slash at its end."""

SecretKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_words), AfterValidator(_keys)]
"""Fernet keys, separated by commas; the first encrypts, all decrypt."""

AmqpName = Annotated[str, Field(min_length=1, max_length=255)]
"""A name of an exchange or queue, or a key; AMQP 0-9-1 allows 255 octets in a short string."""
