"""The `auth` operations over HTTP; translates only."""

from __future__ import annotations

from pydantic import MISSING

from backbone.identity import Principal
from generated.http.auth import (
    AuthApi,
    ExchangeSessionReply,
    LoginReply,
    LogoutReply,
    SwitchTeamReply,
)
from generated.models.access import MyTeam as AccessibleTeam
from generated.models.access import (
    MyTeamList,
    PasswordChange,
    RevokedSessions,
    SessionList,
    SignInDecision,
    TeamSwitch,
    WaitingSignIn,
    WaitingSignInList,
)
from generated.models.access import Session as OpenSession
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
from service.acting import acting
from service.auth import account, approval, own_sessions, use_cases
from service.auth.approval import WaitingRow
from service.auth.cookie import SessionCookie
from service.auth.own_sessions import SessionRow
from service.auth.repository import Membership, MyTeam
from service.auth.use_cases import Client, Session, SignIn
from service.middleware.request_context import client_left, current_peer


class AuthOperations(AuthApi[Principal]):
    """Signing in and out."""

    def __init__(self, sign_in: SignIn, cookie: SessionCookie) -> None:
        self._sign_in = sign_in
        self._cookie = cookie

    async def login(self, *, body: LoginRequest) -> LoginReply:
        """Answer right credentials with a one-time token."""
        issued = await use_cases.login(
            self._sign_in,
            self._client(),
            email=body.email,
            password=body.password.get_secret_value(),
        )
        return LoginReply(
            body=LoginResponse(
                exchange_token=issued.token,
                expires_at=int(issued.expires_at),
                answer_until=MISSING if issued.answer_until is None else int(issued.answer_until),
            ),
            set_cookie=self._cookie.device(issued.device, scheme=current_peer().scheme),
        )

    async def exchange_session(self, *, body: SessionExchangeRequest) -> ExchangeSessionReply:
        """Answer a one-time token with a session in a cookie."""
        session = await use_cases.exchange_session(
            self._sign_in,
            self._client(),
            exchange_token=body.exchange_token,
            team_id=None if body.team_id is MISSING else body.team_id,
        )
        return ExchangeSessionReply(body=_begun(session), set_cookie=self._begin(session))

    async def logout(self, principal: Principal) -> LogoutReply:
        """End the session and make the browser forget it."""
        account.require_session(principal)
        await use_cases.logout(self._sign_in, principal)
        return LogoutReply(set_cookie=self._cookie.end(scheme=current_peer().scheme))

    async def get_me(self, principal: Principal) -> Me:
        """Tell who is signed in."""
        membership = await use_cases.describe(self._sign_in, principal)
        return _me(membership, principal.permissions, principal.expires_at)

    async def change_password(self, principal: Principal, *, body: PasswordChange) -> None:
        """Set another password."""
        await account.change_password(
            self._sign_in,
            acting(principal),
            principal,
            current=body.current_password.get_secret_value(),
            new=body.new_password.get_secret_value(),
        )

    async def list_sessions(self, principal: Principal) -> SessionList:
        """List where the user is signed in."""
        account.require_session(principal)
        found = await own_sessions.list_sessions(
            self._sign_in.engine, user_id=principal.user_id, now=self._sign_in.clock()
        )
        return SessionList(items=[_session(row, principal) for row in found])

    async def revoke_session(self, principal: Principal, *, session_id: str) -> None:
        """End one of the user's sessions."""
        account.require_session(principal)
        await own_sessions.revoke_session(
            self._sign_in.engine,
            acting(principal),
            user_id=principal.user_id,
            session_id=session_id,
            now=self._sign_in.clock(),
        )

    async def revoke_other_sessions(self, principal: Principal) -> RevokedSessions:
        """End all of the user's sessions but this one."""
        account.require_session(principal)
        revoked = await own_sessions.revoke_others(
            self._sign_in.engine,
            acting(principal),
            user_id=principal.user_id,
            keep=principal.session_hash,
            now=self._sign_in.clock(),
        )
        return RevokedSessions(revoked=revoked)

    async def list_waiting_sign_ins(self, principal: Principal) -> WaitingSignInList:
        """List the sign-ins that wait for an answer."""
        account.require_session(principal)
        found = await approval.list_waiting(
            self._sign_in.engine, user_id=principal.user_id, now=self._sign_in.clock()
        )
        return WaitingSignInList(items=[_waiting(row) for row in found])

    async def answer_sign_in(
        self, principal: Principal, *, request_id: str, body: SignInDecision
    ) -> None:
        """Approve or refuse another sign-in."""
        account.require_session(principal)
        await approval.answer(
            self._sign_in.engine,
            acting(principal),
            user_id=principal.user_id,
            request_id=request_id,
            decision=body.answer,
            now=self._sign_in.clock(),
        )

    async def list_my_teams(self, principal: Principal) -> MyTeamList:
        """List the user's teams."""
        found = await account.list_my_teams(self._sign_in.engine, principal)
        return MyTeamList(items=[_my_team(row) for row in found])

    async def switch_team(self, principal: Principal, *, body: TeamSwitch) -> SwitchTeamReply:
        """Begin a session in another team in place of this one."""
        session = await account.switch_team(
            self._sign_in,
            acting(principal),
            principal,
            team_id=body.team_id,
            user_agent=current_peer().user_agent,
        )
        return SwitchTeamReply(body=_begun(session), set_cookie=self._begin(session))

    def _client(self) -> Client:
        peer = current_peer()
        device = peer.cookie(self._cookie.device_name(scheme=peer.scheme))
        return Client(peer.address, peer.user_agent, device, client_left)

    def _begin(self, session: Session) -> str:
        lifetime = int(session.absolute_expires_at - self._sign_in.clock())
        peer = current_peer()
        return self._cookie.begin(
            session.token, lifetime=lifetime, scheme=peer.scheme, host=peer.host
        )


def _begun(session: Session) -> Me:
    return _me(session.membership, session.membership.permissions, session.expires_at)


def _session(row: SessionRow, principal: Principal) -> OpenSession:
    return OpenSession(
        id=row.id,
        team_id=row.team_id,
        current=row.id == principal.session_id,
        created_at=int(row.created_at),
        last_used_at=MISSING if row.last_used_at is None else int(row.last_used_at),
        expires_at=int(row.expires_at),
        address=MISSING if row.address is None else row.address,
        user_agent=MISSING if row.user_agent is None else row.user_agent,
    )


def _waiting(row: WaitingRow) -> WaitingSignIn:
    return WaitingSignIn(
        request_id=row.request_id,
        created_at=int(row.created_at),
        answer_until=int(row.answer_until),
        address=MISSING if row.address is None else row.address,
        user_agent=MISSING if row.user_agent is None else row.user_agent,
    )


def _my_team(row: MyTeam) -> AccessibleTeam:
    return AccessibleTeam(
        team=Team(id=row.id, name=row.name, status=TeamStatus(row.status)), role=Role(row.role)
    )


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
