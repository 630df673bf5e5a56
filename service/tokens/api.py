"""The `tokens` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.tokens import TokensApi
from generated.models.access import ApiToken, ApiTokenList, ApiTokenRequest, NewApiToken
from generated.models.identity import Permission
from service.acting import acting
from service.tokens import use_cases
from service.tokens.repository import TokenRow

_ALL_OF_THE_TEAM = "members:write"


class TokenOperations(TokensApi[Principal]):
    """API tokens of the session's user, or of the team for who may write its members."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def list_api_tokens(self, principal: Principal) -> ApiTokenList:
        """List tokens that are not revoked."""
        found = await use_cases.list_tokens(
            self._engine, team_id=principal.team_id, user_id=_owner(principal)
        )
        return ApiTokenList(items=[_token(row) for row in found])

    async def create_api_token(self, principal: Principal, *, body: ApiTokenRequest) -> NewApiToken:
        """Make a token."""
        made = await use_cases.create_token(
            self._engine,
            acting(principal),
            team_id=principal.team_id,
            user_id=principal.user_id,
            name=body.name,
            scopes={scope.value for scope in body.scopes},
            expires_at=None if body.expires_at is MISSING else float(body.expires_at),
            now=self._clock(),
            permissions=principal.permissions,
        )
        return NewApiToken(api_token=_token(made.row), token=made.token)

    async def revoke_api_token(self, principal: Principal, *, token_id: int) -> None:
        """End a token."""
        await use_cases.revoke_token(
            self._engine,
            acting(principal),
            token_id=token_id,
            team_id=principal.team_id,
            user_id=_owner(principal),
            now=self._clock(),
        )


def _owner(principal: Principal) -> int | None:
    return None if _ALL_OF_THE_TEAM in principal.permissions else principal.user_id


def _token(row: TokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        prefix=row.prefix,
        scopes=[Permission(scope) for scope in row.scopes],
        created_at=int(row.created_at),
        expires_at=MISSING if row.expires_at is None else int(row.expires_at),
        last_used_at=MISSING if row.last_used_at is None else int(row.last_used_at),
    )
