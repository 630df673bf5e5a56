"""The `users` operations over HTTP; translates only."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from backbone.users import UserRow
from generated.http.users import UsersApi
from generated.models.access import (
    Account,
    AccountChange,
    AccountPage,
    AccountRequest,
    PasswordReset,
)
from generated.models.identity import User
from service.acting import acting
from service.page import above, ascending
from service.passwords import Passwords
from service.users import use_cases

_RESET_BYTES = 15


class UserOperations(UsersApi[Principal]):
    """The users of the installation, for platform operators."""

    def __init__(
        self, engine: AsyncEngine, passwords: Passwords, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._clock = clock

    async def list_users(
        self,
        principal: Principal,  # noqa: ARG002 - who may is decided before
        *,
        cursor: str | None,
        limit: int,
    ) -> AccountPage:
        """List all users."""
        found = await use_cases.list_users(self._engine, above=above(cursor), limit=limit + 1)
        rows, next_cursor = ascending(found, limit)
        return AccountPage(items=[_account(row) for row in rows], next_cursor=next_cursor)

    async def create_user(self, principal: Principal, *, body: AccountRequest) -> Account:
        """Make a user."""
        return _account(
            await use_cases.create_user(
                self._engine,
                self._passwords,
                acting(principal),
                email=body.email,
                display_name=body.display_name,
                password=body.password.get_secret_value(),
                is_operator=body.is_operator,
                now=self._clock(),
            )
        )

    async def change_user(
        self, principal: Principal, *, user_id: int, body: AccountChange
    ) -> Account:
        """Disable or enable a user, make or unmake an operator."""
        user = await use_cases.change_user(
            self._engine,
            acting(principal),
            user_id=user_id,
            disabled=None if body.disabled is MISSING else body.disabled,
            is_operator=None if body.is_operator is MISSING else body.is_operator,
            now=self._clock(),
        )
        return _account(user)

    async def reset_password(self, principal: Principal, *, user_id: int) -> PasswordReset:
        """Give a user a new random password."""
        password = secrets.token_urlsafe(_RESET_BYTES)
        await use_cases.set_password(
            self._engine,
            self._passwords,
            acting(principal),
            user_id=user_id,
            password=password,
            now=self._clock(),
        )
        return PasswordReset(password=password)


def _account(row: UserRow) -> Account:
    return Account(
        user=User(id=row.id, email=row.email, display_name=row.display_name),
        is_operator=row.is_operator,
        disabled=row.disabled,
    )
