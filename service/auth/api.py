"""The `auth` operations over HTTP; translates only."""

from __future__ import annotations

from pydantic import MISSING

from backbone.identity import Principal
from generated.http.auth import AuthApi, ExchangeSessionReply, LogoutReply
from generated.models.identity import (
    LoginRequest,
    LoginResponse,
    Me,
    Permission,
    Role,
    SessionExchangeRequest,
    Team,
    TeamStatus,
    User,
)
from service.auth import use_cases
from service.auth.cookie import SessionCookie
from service.auth.repository import Membership
from service.auth.use_cases import SignIn
from service.middleware.request_context import current_peer


class AuthOperations(AuthApi[Principal]):
    """Signing in and out."""

    def __init__(self, sign_in: SignIn, cookie: SessionCookie) -> None:
        self._sign_in = sign_in
        self._cookie = cookie

    async def login(self, *, body: LoginRequest) -> LoginResponse:
        """Answer right credentials with a one-time token."""
        issued = await use_cases.login(
            self._sign_in,
            email=body.email,
            password=body.password.get_secret_value(),
            address=current_peer().address,
        )
        return LoginResponse(exchange_token=issued.token, expires_at=int(issued.expires_at))

    async def exchange_session(self, *, body: SessionExchangeRequest) -> ExchangeSessionReply:
        """Answer a one-time token with a session in a cookie."""
        session = await use_cases.exchange_session(
            self._sign_in,
            exchange_token=body.exchange_token,
            team_id=body.model_dump(exclude_unset=True).get("team_id"),
        )
        cookie = self._cookie.begin(
            session.token,
            lifetime=int(self._sign_in.lifetimes.session),
            over_https=current_peer().secure,
        )
        return ExchangeSessionReply(
            body=_me(session.membership, session.membership.permissions, session.expires_at),
            set_cookie=cookie,
        )

    async def logout(self, principal: Principal) -> LogoutReply:
        """End the session and make the browser forget it."""
        await use_cases.logout(self._sign_in, principal)
        return LogoutReply(set_cookie=self._cookie.end(over_https=current_peer().secure))

    async def get_me(self, principal: Principal) -> Me:
        """Tell who is signed in."""
        membership = await use_cases.describe(self._sign_in, principal)
        return _me(membership, principal.permissions, principal.expires_at)


def _me(membership: Membership, permissions: frozenset[str], expires_at: float) -> Me:
    return Me(
        user=User(
            id=membership.user_id, email=membership.email, display_name=membership.display_name
        ),
        team=Team(
            id=membership.team_id,
            name=membership.team_name,
            status=TeamStatus(membership.team_status),
        ),
        role=MISSING if membership.role is None else Role(membership.role),
        permissions=[Permission(name) for name in sorted(permissions)],
        expires_at=int(expires_at),
    )
