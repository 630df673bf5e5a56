"""The teams' accounts at the provider, with their sessions kept encrypted in the database.

Decrypts only here, in the worker; refuses to log, publish or return a key in the clear.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import Cipher, CipherError
from backbone.database.direct import DirectStatement, Row
from backbone.database.engine import is_postgresql, transaction
from backbone.database.tables import teams
from backbone.loader import Loader
from worker.provisioning.interruption import GiveUp
from worker.virtuozzo.client import VirtuozzoClient
from worker.virtuozzo.session import ProviderSession

_COLUMNS = (
    "SELECT id, provider_login, provider_password_encrypted, provider_session_encrypted, "
    "node_group FROM teams"
)
_ACCOUNT = DirectStatement(f"{_COLUMNS} WHERE id = :team_id")
_ACCOUNTS = DirectStatement(f"{_COLUMNS} WHERE id = ANY(CAST(:team_ids AS bigint[]))")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The account that signs in for teams without a login of their own."""

    login: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """One team's account during attempts that began together.

    `key` is equal where the credentials are.
    """

    session: ProviderSession
    key: Hashable
    region: str | None


class ProviderAccounts:
    """Opens accounts: the stored session, and a sign-in for when it has expired."""

    def __init__(
        self,
        engine: AsyncEngine,
        client: VirtuozzoClient,
        cipher: Cipher,
        credentials: Credentials | None,
    ) -> None:
        self._engine = engine
        self._client = client
        self._cipher = cipher
        self._credentials = credentials
        self._loader: Loader[int, ProviderAccount | GiveUp] = Loader(self.open_many)

    async def open(self, team_id: int) -> ProviderAccount:
        """Return the team's account. Raises GiveUp when nobody can sign in for the team."""
        account = await self._loader.load(team_id)
        if isinstance(account, ProviderAccount):
            return account
        raise account or _no_team()

    async def open_many(self, team_ids: Collection[int]) -> dict[int, ProviderAccount | GiveUp]:
        """Return the accounts of several teams; for a team that has none, why."""
        found: dict[int, ProviderAccount | GiveUp] = {team_id: _no_team() for team_id in team_ids}
        for team_id, *row in await self._rows(team_ids):
            try:
                found[team_id] = self._account(team_id, *row)
            except GiveUp as missing:
                found[team_id] = missing
        return found

    async def _rows(self, team_ids: Collection[int]) -> Sequence[Row]:
        if is_postgresql(self._engine):
            return await _ACCOUNTS.all(self._engine, {"team_ids": list(team_ids)})
        each = [await _ACCOUNT.first(self._engine, {"team_id": team_id}) for team_id in team_ids]
        return [row for row in each if row is not None]

    def _account(
        self,
        team_id: int,
        team_login: str | None,
        sealed_password: str | None,
        sealed: str | None,
        region: str | None,
    ) -> ProviderAccount:
        key = self._decrypted(team_id, sealed)
        credentials = self._credentials
        if team_login is not None:
            # The common password is never tried with, or shown to, somebody else's login.
            password = self._decrypted(team_id, sealed_password)
            credentials = None if password is None else Credentials(team_login, password)
        if key is None and credentials is None:
            raise GiveUp("provider_account_missing", _nobody(team_login))

        async def sign_in(expired: SecretStr | None) -> SecretStr:
            stored = await self._stored(team_id)
            if stored is not None and stored != expired:
                return stored  # another process has signed in since
            if credentials is None:
                raise GiveUp("provider_account_missing", "The team's provider session has ended")
            return await self._client.sign_in(credentials.login, credentials.password)

        async def store(renewed: SecretStr) -> None:
            await self._store(team_id, renewed)

        session = ProviderSession(key, sign_in=sign_in, on_renewed=store)
        return ProviderAccount(session, team_id if credentials is None else credentials, region)

    def _decrypted(self, team_id: int, sealed: str | None) -> SecretStr | None:
        if sealed is None:
            return None
        try:
            return SecretStr(self._cipher.decrypt(sealed))
        except CipherError:
            # The key list was changed without the former key; for a session the next sign-in
            # mends it.
            log.warning("provider_secret_not_decryptable", team_id=team_id)
            return None

    async def _stored(self, team_id: int) -> SecretStr | None:
        row = await _ACCOUNT.first(self._engine, {"team_id": team_id})
        return None if row is None else self._decrypted(team_id, row[3])

    async def _store(self, team_id: int, key: SecretStr) -> None:
        sealed = self._cipher.encrypt(key.get_secret_value())
        async with transaction(self._engine) as conn:
            await conn.execute(
                update(teams).where(teams.c.id == team_id).values(provider_session_encrypted=sealed)
            )


def _no_team() -> GiveUp:
    return GiveUp("provider_account_missing", "There is no such team")


def _nobody(team_login: str | None) -> str:
    if team_login is None:
        return "The team has no account at the provider"
    return (
        "The team's own login at the provider has no password that can be read; "
        "give it one with `slipway admin team set-provider`"
    )
