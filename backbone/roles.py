"""The one table of roles and permissions; `docs/identity.md` shows the same, and a test compares.

A role gives permissions within one team. What a platform operator may do comes with the user.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, get_args

Role = Literal["viewer", "member", "admin", "owner"]
"""What a member is in a team; each role may do what the one before may, and more."""

ROLES: tuple[Role, ...] = get_args(Role)

_VIEWER = frozenset({"environments:read", "jobs:read", "events:read"})
_MEMBER = _VIEWER | {"environments:write", "jobs:cancel", "members:read", "tokens:write"}
_ADMIN = _MEMBER | {"members:write"}
_OWNER = _ADMIN | {"team:manage"}

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    "viewer": _VIEWER,
    "member": _MEMBER,
    "admin": _ADMIN,
    "owner": _OWNER,
}

PLATFORM = "platform:operate"
PLATFORM_BEFORE = "teams:manage"
"""The older name of `platform:operate`; operations of version 1.0 still ask for it."""

OPERATOR_PERMISSIONS = frozenset(
    {PLATFORM, PLATFORM_BEFORE, "members:read", "members:write", "team:manage"}
)
"""What platform operators may do in whichever team they work: run it, not use it."""

ALL_PERMISSIONS = _OWNER | OPERATOR_PERMISSIONS


def granted(
    role: str | None,
    *,
    is_operator: bool,
    only: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
) -> frozenset[str]:
    """Return what a user may do in a team: by role, and as a platform operator.

    `only` restricts the role (a membership's own list), `scopes` everything (an API token's).
    An unknown role gives nothing.
    """
    by_role = PERMISSIONS.get(role, frozenset()) if role is not None else frozenset()  # type: ignore[call-overload] # a text from the database
    if only is not None:
        by_role &= frozenset(only)
    everything: frozenset[str] = by_role | (OPERATOR_PERMISSIONS if is_operator else frozenset())
    if scopes is None:
        return everything
    if PLATFORM in scopes:
        scopes = {*scopes, PLATFORM_BEFORE}
    return everything & frozenset(scopes)


def may_give(permissions: Iterable[str], role: str) -> bool:
    """Return whether somebody with these permissions may give or take `role`: nobody gives more."""
    held = frozenset(permissions)
    return PLATFORM in held or PERMISSIONS[role] <= held  # type: ignore[index] # checked by the contract
