import pytest

from backbone.authorization import Cause, Grant, examine
from backbone.errors import NotAuthenticated, PermissionMissing, TeamInactive
from backbone.identity import hash_token
from testing.accounts import add_member, add_session
from tests.backbone.authorization_scenario import WAYS, check_withdrawal
from tests.backbone.rows import make_team


@pytest.mark.parametrize("way", WAYS)
async def test_withdrawn_access_is_seen_and_its_cause(engine, way):
    await check_withdrawal(engine, way)


async def test_what_was_never_granted_is_over(engine):
    grant = Grant(hash_token("nobody's"), 7)
    assert await examine(engine, [grant]) == {grant: Cause.SESSION_REVOKED}


async def test_a_session_that_moved_to_another_team_hears_no_more_of_the_former(engine):
    for team_id in (7, 8):
        await make_team(engine, team_id)
    await add_member(engine, 3, 8)
    moved = Grant(hash_token(await add_session(engine, 3, 8)), 7)
    assert await examine(engine, [moved]) == {moved: Cause.SESSION_REVOKED}


async def test_nobody_listens_nothing_is_asked(engine):
    assert await examine(engine, []) == {}


def test_each_cause_is_refused_as_a_request_would_be():
    kinds = {cause: type(cause.refusal()) for cause in Cause}
    assert kinds.pop(Cause.PERMISSION_LOST) is PermissionMissing
    assert kinds.pop(Cause.TEAM_INACTIVE) is TeamInactive
    assert set(kinds.values()) == {NotAuthenticated}
