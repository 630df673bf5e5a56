"""The `members` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.members import MembersApi
from generated.models.access import (
    Invitation,
    InvitationAcceptance,
    InvitationList,
    InvitationRequest,
    Member,
    MemberChange,
    MemberList,
    NewInvitation,
)
from generated.models.identity import Role, Team, TeamStatus, User
from service.acting import acting
from service.members import invite, use_cases
from service.members.invitations import InvitationRow
from service.members.invite import Acceptance, Invitee
from service.members.repository import MemberRow
from service.members.use_cases import Admin
from service.middleware.request_context import current_peer


class MemberOperations(MembersApi[Principal]):
    """Who is in the session's team, and invitations to it."""

    def __init__(
        self, engine: AsyncEngine, accepting: Acceptance, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._accepting = accepting
        self._clock = clock

    async def list_members(self, principal: Principal) -> MemberList:
        """List the team's members."""
        found = await use_cases.list_members(self._engine, principal.team_id)
        return MemberList(items=[_member(row) for row in found])

    async def change_member(
        self, principal: Principal, *, user_id: int, body: MemberChange
    ) -> Member:
        """Give a member another role."""
        return _member(
            await use_cases.set_role(
                self._engine,
                self._admin(principal),
                team_id=principal.team_id,
                user_id=user_id,
                role=body.role.value,
            )
        )

    async def remove_member(self, principal: Principal, *, user_id: int) -> None:
        """End a membership."""
        await use_cases.remove_member(
            self._engine, self._admin(principal), team_id=principal.team_id, user_id=user_id
        )

    async def list_invitations(self, principal: Principal) -> InvitationList:
        """List the open invitations."""
        found = await invite.list_invitations(
            self._engine, team_id=principal.team_id, now=self._clock()
        )
        return InvitationList(items=[_invitation(row) for row in found])

    async def create_invitation(
        self, principal: Principal, *, body: InvitationRequest
    ) -> NewInvitation:
        """Make a link that works once."""
        made = await invite.create_invitation(
            self._engine,
            self._admin(principal),
            team_id=principal.team_id,
            role=body.role.value,
            email=None if body.email is MISSING else body.email,
            valid=float(body.valid_seconds),
        )
        return NewInvitation(
            invitation=_invitation(made.row), token=made.token, link=f"/accept#{made.token}"
        )

    async def revoke_invitation(self, principal: Principal, *, invitation_id: int) -> None:
        """Take an invitation back."""
        await invite.revoke_invitation(
            self._engine,
            self._admin(principal),
            team_id=principal.team_id,
            invitation_id=invitation_id,
        )

    async def accept_invitation(self, *, body: InvitationAcceptance) -> Team:
        """Join a team."""
        joining = Invitee(
            token=body.token,
            email=body.email,
            password=body.password.get_secret_value(),
            display_name=None if body.display_name is MISSING else body.display_name,
            address=current_peer().address,
        )
        team = await invite.accept_invitation(self._accepting, joining)
        return Team(id=team.id, name=team.name, status=TeamStatus(team.status))

    def _admin(self, principal: Principal) -> Admin:
        return Admin(acting(principal), principal.permissions, self._clock())


def _member(row: MemberRow) -> Member:
    return Member(
        user=User(id=row.user_id, email=row.email, display_name=row.display_name),
        role=Role(row.role),
        disabled=row.disabled,
    )


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        role=Role(row.role),
        email=MISSING if row.email is None else row.email,
        created_at=int(row.created_at),
        expires_at=int(row.expires_at),
    )
