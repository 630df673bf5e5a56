"""How every process begins: what it writes is private, its log is set up, its broker is named."""

import os

from backbone.errors import SettingsError
from backbone.secret_keys import require_event_keys
from backbone.settings import Settings
from backbone.telemetry import configure_logging
from backbone.tracing.start import start_tracing


def begin(process: str, settings: Settings) -> None:
    """Prepare the process of this name."""
    # What a process writes may hold secrets or hashes: SQLite's files, the key file.
    os.umask(0o077)
    configure_logging(process, level=settings.log_level, style=settings.log_format)
    if process != "gateway":
        # Its processes begin by themselves, after the fork.
        start_tracing(process)


def with_named_broker(settings: Settings) -> Settings:
    """Refuse to run a process alone without the services that it shares with the others."""
    if settings.rabbitmq_url is None:
        raise SettingsError("RABBITMQ_URL is not set; name the broker, or use `slipway up`")
    return settings


def with_event_keys(settings: Settings) -> Settings:
    """Refuse to sign or to judge events alone by a key that no other process has."""
    require_event_keys(settings)
    return with_named_broker(settings)
