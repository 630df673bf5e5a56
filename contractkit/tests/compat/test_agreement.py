"""G10: where our rules and oasdiff's differ on the HTTP subset, the difference is listed and has a reason."""

from typing import Any

import pytest

from compat.contracts import cases
from contractkit.compat.http.rules import RULES as HTTP
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.rules import RULES as SCHEMA

ROWS = cases("agreement")
LEVELS = {"ERR": Severity.BREAKING, "WARN": Severity.WARNING, "INFO": Severity.OK}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["check"])
def test_we_agree_or_say_why_not(row: dict[str, Any]) -> None:
    role = Role[row["role"]] if "role" in row else None
    rule = (SCHEMA if role else HTTP)[row["rule"]]
    agrees = rule.verdict(role) is LEVELS[row["level"]]
    assert agrees is ("differs" not in row)


def test_each_check_is_listed_once() -> None:
    names = [row["check"] for row in ROWS]
    assert len(names) == len(set(names))
