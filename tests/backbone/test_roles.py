import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from backbone.roles import (
    ALL_PERMISSIONS,
    OPERATOR_PERMISSIONS,
    PERMISSIONS,
    PLATFORM,
    ROLES,
    granted,
    may_give,
)

ROOT = Path(__file__).parents[2]
SCHEMAS = yaml.safe_load((ROOT / "specs/schemas/identity.yaml").read_text())["$defs"]


def documented() -> dict[str, set[str]]:
    """The table of `docs/identity.md`: permissions by role."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs/identity.md").read_text().splitlines()
        if line.startswith(("| permission |", "| `"))
        if line.count("|") == len(ROLES) + 3
    ]
    head, *body = rows
    return {
        role: {row[0].strip("`") for row in body if row[place] == "✓"}
        for place, role in enumerate(head)
        if place
    }


def test_code_and_documentation_have_the_same_table():
    by_code = {**PERMISSIONS, "operator": OPERATOR_PERMISSIONS}
    assert documented() == {role: set(held) for role, held in by_code.items()}


def test_code_and_contract_have_the_same_names():
    assert set(SCHEMAS["Permission"]["enum"]) == ALL_PERMISSIONS
    assert tuple(SCHEMAS["Role"]["enum"]) == ROLES


def test_the_contract_asks_for_no_permission_that_nobody_has():
    asked = set(re.findall(r"'([a-z]+:[a-z]+)'", (ROOT / "specs/openapi.yaml").read_text()))
    assert asked <= ALL_PERMISSIONS


def test_each_role_may_do_what_the_one_before_may():
    for less, more in pairwise(ROLES):
        assert PERMISSIONS[less] < PERMISSIONS[more]


@pytest.mark.parametrize("role", ROLES)
def test_a_restriction_and_scopes_only_take_away(role):
    whole = granted(role, is_operator=False)
    assert whole == PERMISSIONS[role]
    assert granted(role, is_operator=False, only=["events:read", PLATFORM]) == {"events:read"}
    assert granted(role, is_operator=True, scopes=["events:read"]) == {"events:read"}
    assert granted(role, is_operator=False, scopes=[PLATFORM]) == frozenset()
    assert granted(role, is_operator=True, scopes=[PLATFORM]) == {PLATFORM, "teams:manage"}


def test_who_is_no_member_or_of_an_unknown_role_may_nothing():
    assert granted(None, is_operator=False) == frozenset()
    assert granted("emperor", is_operator=False) == frozenset()


def test_nobody_gives_more_than_they_have():
    admin = PERMISSIONS["admin"]
    assert [role for role in ROLES if may_give(admin, role)] == ["viewer", "member", "admin"]
    assert may_give(PERMISSIONS["owner"], "owner")
    assert may_give(OPERATOR_PERMISSIONS, "owner")
