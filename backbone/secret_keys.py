"""Finds the encryption keys: those of the settings, else one in a file that its owner reads."""

import os
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from backbone.cipher import Cipher, check_key, new_key
from backbone.errors import SettingsError
from backbone.events.signature import EventSignatures
from backbone.settings import Settings

KEY_FILE = "secret.key"

_SHARED_EVENT_KEYS = (
    "make a key with `slipway admin key generate` and give the relay and every gateway the same"
)


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
    """Sign events by `SLIPWAY_EVENT_KEYS`, else by keys derived from those that encrypt.

    Raises SettingsError where there is neither and none can be kept: a key that each process had
    for itself would leave every event to be read from the log, unnoticed.
    """
    try:
        keys = settings.event_keys or tuple(map(_event_key, with_secret_keys(settings).secret_keys))
    except OSError as error:
        raise SettingsError(
            f"{settings.slipway_home / KEY_FILE}: {error.strerror}; {_SHARED_EVENT_KEYS}"
        ) from None
    return EventSignatures(keys)


def require_event_keys(settings: Settings) -> None:
    """Refuse to run a process alone whose event key no other process has. Raises SettingsError."""
    if settings.event_keys or settings.secret_keys or (settings.slipway_home / KEY_FILE).exists():
        return
    raise SettingsError(f"SLIPWAY_EVENT_KEYS is not set; {_SHARED_EVENT_KEYS}")


def _event_key(secret_key: str) -> str:
    """Derive the key of another use (RFC 5869): who has this one can't decrypt anything."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"slipway event signatures")
    return urlsafe_b64encode(derive.derive(secret_key.encode())).decode()


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
