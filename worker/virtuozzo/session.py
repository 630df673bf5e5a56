"""A provider session that signs in again when the provider forgot it. Never shows its key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import SecretStr

SignIn = Callable[[SecretStr | None], Awaitable[SecretStr]]


class ProviderSession:
    """The session key of one provider account, shared by concurrent calls.

    `sign_in` is given the expired key, if any, and returns another; without it an expired session
    stays expired. A personal access token is passed as `key` without `sign_in`. `key` may be None:
    the first call signs in.
    `on_renewed` is awaited with each new key, for example to store it encrypted.
    """

    def __init__(
        self,
        key: SecretStr | None = None,
        *,
        sign_in: SignIn | None = None,
        on_renewed: Callable[[SecretStr], Awaitable[None]] | None = None,
    ) -> None:
        if key is None and sign_in is None:
            msg = "a provider session needs a key, a sign-in, or both"
            raise ValueError(msg)
        self._key = key
        self._sign_in = sign_in
        self._on_renewed = on_renewed
        self._renewing = asyncio.Lock()

    @property
    def can_renew(self) -> bool:
        """Whether an expired key can be replaced."""
        return self._sign_in is not None

    async def key(self) -> SecretStr:
        """Return the current key; signs in when there is none yet."""
        return self._key if self._key is not None else await self.renew(None)

    async def renew(self, expired: SecretStr | None) -> SecretStr:
        """Replace the key `expired`; calls that expired together share one sign-in.

        Raises what `sign_in` raises, and LookupError when there is no `sign_in`.
        """
        async with self._renewing:
            if self._key is not None and self._key != expired:
                return self._key
            if self._sign_in is None:
                msg = "this provider session cannot sign in again"
                raise LookupError(msg)
            key = self._key = await self._sign_in(expired)
        if self._on_renewed is not None:
            await self._on_renewed(key)
        return key

    def __repr__(self) -> str:
        return f"{type(self).__name__}(can_renew={self.can_renew})"
