"""A team's account at the provider, as an owner sees and sets it. Secrets go in, never out."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Actor
from backbone.cipher import Cipher
from backbone.database.engine import reading
from backbone.errors import FieldError, InvalidRequest, NotFound, SecretsUnavailable, SettingsError
from backbone.identity import Principal
from service.teams import repository
from service.teams.repository import ProviderRow
from service.teams.use_cases import Provider, refuse_other_team, set_provider


async def get_own(engine: AsyncEngine, principal: Principal, team_id: int) -> ProviderRow:
    """Return the account of the session's team. Raises `TeamForbidden` for any other."""
    refuse_other_team(principal, team_id)
    async with reading(engine) as conn:
        found = await repository.find_provider(conn, team_id)
    if found is None:
        raise NotFound(f"There is no team {team_id}.")
    return found


async def set_own(
    engine: AsyncEngine,
    cipher: Callable[[], Cipher],
    actor: Actor,
    principal: Principal,
    *,
    team_id: int,
    login: str | None,
    password: str | None,
    session_key: str | None,
    node_group: str | None,
    now: float,
) -> ProviderRow:
    """Set the account of the session's team, whole.

    Raises `TeamForbidden` for another team, and `InvalidRequest` for a login without a secret or a
    password without its login, and `SecretsUnavailable`.
    """
    refuse_other_team(principal, team_id)
    if login is not None and password is None and session_key is None:
        _refuse("/body/login", "A login of its own needs a password or a session key")
    if login is None and password is not None:
        _refuse("/body/password", "The password is of a login; name it")

    def sealed(secret: str | None) -> str | None:
        if secret is None:
            return None
        try:
            return cipher().encrypt(secret)
        except SettingsError:
            raise SecretsUnavailable from None

    provider = Provider(login, sealed(password), sealed(session_key), node_group)
    await set_provider(engine, actor, team_id=team_id, provider=provider, now=now)
    return ProviderRow(login, node_group, password is not None, session_key is not None)


def _refuse(pointer: str, detail: str) -> None:
    raise InvalidRequest(field_errors=[FieldError(pointer, detail)])
