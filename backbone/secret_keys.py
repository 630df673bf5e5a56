"""Finds the encryption keys: those of the settings, else one in a file that its owner reads."""

import os
from contextlib import suppress
from pathlib import Path

from backbone.cipher import Cipher, check_key, new_key
from backbone.errors import SettingsError
from backbone.settings import Settings

KEY_FILE = "secret.key"


def load_cipher(settings: Settings) -> Cipher:
    """Make the cipher of `SLIPWAY_SECRET_KEYS`, else of `SLIPWAY_HOME`'s key file, made at need."""
    return Cipher(settings.secret_keys or (_key_in(settings.slipway_home),))


def _key_in(home: Path) -> str:
    path = home / KEY_FILE
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{KEY_FILE}.{os.getpid()}")
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
