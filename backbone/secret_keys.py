"""Finds the encryption keys: those of the settings, else one in a file that its owner reads."""

import os
from contextlib import suppress
from pathlib import Path

import structlog
from pydantic import SecretStr

from backbone.cipher import Cipher, check_key, new_key
from backbone.errors import SettingsError
from backbone.events.signature import EventSignatures
from backbone.settings import Settings

log = structlog.get_logger(__name__)

KEY_FILE = "secret.key"
EVENT_KEY_FILE = "event.key"


def load_cipher(settings: Settings) -> Cipher:
    """Make the cipher of `SLIPWAY_SECRET_KEYS`, else of the key that `slipway up` left at home.

    Raises SettingsError when there is neither: a key that each process made for itself would make
    secrets that no other reads.
    """
    if not settings.secret_keys and not (settings.slipway_home / KEY_FILE).exists():
        raise SettingsError(
            "SLIPWAY_SECRET_KEYS is not set; make a key with `slipway admin key generate` and give "
            "it to every worker and to `slipway admin`"
        )
    return Cipher(with_secret_keys(settings).secret_keys)


def with_secret_keys(settings: Settings) -> Settings:
    """Give the settings a key, if they have none: of `SLIPWAY_HOME`'s file, made at need."""
    if settings.secret_keys:
        return settings
    key = SecretStr(_key_in(settings.slipway_home, KEY_FILE))
    return settings.model_copy(update={"slipway_secret_keys": (key,)})


def load_event_signatures(settings: Settings) -> EventSignatures:
    """Sign events by `SLIPWAY_EVENT_KEYS`, else by `SLIPWAY_HOME`'s file, made at need.

    Where no file can be made this process has a key of its own: what it signs others will confirm
    by the log, as it will what they sign.
    """
    keys = settings.event_keys
    if not keys:
        try:
            keys = (_key_in(settings.slipway_home, EVENT_KEY_FILE),)
        except OSError as error:
            log.warning(
                "event_key_not_kept",
                file=str(settings.slipway_home / EVENT_KEY_FILE),
                error=error.strerror,
                mend="give SLIPWAY_EVENT_KEYS to relay and gateways",
            )
            keys = (new_key(),)
    return EventSignatures(keys)


def _key_in(home: Path, name: str) -> str:
    path = home / name
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key())
        # A link appears complete or not at all, and the first of several starting processes wins.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    key = path.read_text().strip()
    try:
        check_key(key)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None
    return key
