"""What RABBITMQ_URL may say, and what Celery is told of it: aio-pika reads the URL as it is.

Both must understand the same, or a worker would connect otherwise than the rest. Neither verifies
a broker's certificate less than the system does for any other: `SSL_CERT_FILE` or `cafile` name a
private authority.
"""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from backbone.url_address import port_of

HEARTBEAT: Final = "heartbeat"
TLS_FILES: Final = {"cafile": "ca_certs", "certfile": "certfile", "keyfile": "keyfile"}
"""Parameters that name files in PEM, and Celery's words for them (`broker_use_ssl`)."""


def check_amqp_url(url: str) -> None:
    """Raise ValueError when a URL is none of a broker. The text repeats no part of the address."""
    parts = urlsplit(url)
    if parts.scheme not in {"amqp", "amqps"}:
        raise ValueError("must start with amqp:// or amqps://")
    port_of(parts)
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        _check_parameter(parts.scheme, name, value)


def _check_parameter(scheme: str, name: str, value: str) -> None:
    if name == HEARTBEAT:
        if not value.isdecimal() or not 0 < int(value) < 65535:  # noqa: PLR2004 - 16 bits of AMQP
            raise ValueError("must have a number of seconds as its heartbeat")
    elif name not in TLS_FILES:
        known = ", ".join((HEARTBEAT, *TLS_FILES))
        raise ValueError(f"has a parameter that is none of {known}")
    elif scheme != "amqps":
        raise ValueError(f"has {name}, which is for amqps:// only")
    elif not Path(value).is_file():
        raise ValueError(f"names a {name} that is no file")


def for_celery(url: str) -> tuple[str, dict[str, str | None] | None]:
    """Return the URL for Celery, and its `broker_use_ssl`: None without TLS.

    Without `server_hostname` it would take the certificate of any host; None stands for the URL's.
    """
    parts = urlsplit(url)
    if parts.scheme != "amqps":
        return url, None
    given = parse_qsl(parts.query)
    files = {TLS_FILES[name]: value for name, value in given if name in TLS_FILES}
    rest = [(name, value) for name, value in given if name not in TLS_FILES]
    return parts._replace(query=urlencode(rest)).geturl(), {"server_hostname": None, **files}
