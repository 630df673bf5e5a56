"""Encrypts what the database must not show; a list of keys lets one rotate without a pause."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CipherError(ValueError):
    """The ciphertext was made with none of the keys, or was changed."""


def check_key(key: str) -> None:
    """Raise ValueError, without the key in its text, unless `key` is a Fernet key."""
    try:
        Fernet(key)
    except ValueError:
        raise ValueError(
            "each key must be 32 random bytes in URL-safe base64; "
            "make one with `slipway admin key generate`"
        ) from None


def new_key() -> str:
    """Make a Fernet key."""
    return Fernet.generate_key().decode()


class Cipher:
    """Authenticated encryption (Fernet) of secrets: the first key encrypts, all keys decrypt."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("SLIPWAY_SECRET_KEYS is empty: a cipher needs at least one key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, text: str) -> str:
        """Encrypt `text` with the first key; the same text gives another ciphertext each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Decrypt what `encrypt` gave, with whichever key fits; CipherError when none does."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise CipherError(
                "no key of SLIPWAY_SECRET_KEYS decrypts this; put the former key behind the new one"
            ) from None

    def rotate(self, token: str) -> str:
        """Encrypt the content of `token` anew with the first key."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise CipherError(
                "no key of SLIPWAY_SECRET_KEYS decrypts this; put the former key behind the new one"
            ) from None
