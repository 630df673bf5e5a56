"""`slipway admin` on an empty database: what it prints, what it refuses, what it writes down."""

import io
import json

import pytest

from slipway.cli import main

PASSWORD = "a password of length"


@pytest.fixture
def slipway(monkeypatch, capsys, sqlite_url, tmp_path):
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SLIPWAY_HOME", str(tmp_path))

    def run(*arguments: str, stdin: str = PASSWORD + "\n", status: int = 0):
        monkeypatch.setattr("sys.argv", ["slipway", *arguments])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        ended = 0
        try:
            ended = main()
        except SystemExit as end:
            ended = int(end.code or 0)
        told = capsys.readouterr()
        assert ended == status, told.err
        assert "Traceback" not in told.err
        if "--json" in arguments and not ended:
            return json.loads(told.out)
        return told.out + told.err

    return run


@pytest.fixture
def first(slipway):
    return slipway("admin", "bootstrap", "Ada@Example.com", "--team", "Harbour", "--json")


def test_the_first_user_is_an_operator_and_owns_a_team(slipway, first):
    assert first["email"] == "ada@example.com"
    (user,) = slipway("admin", "user", "list", "--json")
    assert (user["id"], user["operator"], user["disabled"]) == (first["user_id"], True, False)
    (team,) = slipway("admin", "team", "list", "--json")
    assert (team["name"], team["status"]) == ("Harbour", "ACTIVE")
    (member,) = slipway("admin", "member", "list", str(team["id"]), "--json")
    assert (member["user_id"], member["role"]) == (user["id"], "owner")
    told = slipway("admin", "bootstrap", "eve@example.com", status=2)
    assert "there are users already" in told


@pytest.mark.parametrize("stdin", ["", "short\n", "x" * 300 + "\n"])
def test_a_password_of_the_wrong_length_changes_nothing(slipway, stdin):
    told = slipway("admin", "bootstrap", "ada@example.com", stdin=stdin, status=2)
    assert "12 to 256 characters" in told
    assert slipway("admin", "user", "list", "--json") == []


def test_no_command_takes_a_password_as_an_argument(slipway, first):
    told = slipway("admin", "password", "set", "ada@example.com", PASSWORD, status=2)
    assert "unexpected extra argument" in told.lower()


def test_members_come_change_and_go_but_an_owner_stays(slipway, first):
    team = str(first["team_id"])
    slipway("admin", "user", "create", "bob@example.com")
    added = slipway("admin", "member", "add", team, "bob@example.com", "--role", "admin", "--json")
    assert added["role"] == "admin"
    assert "at least one owner" in slipway(
        "admin", "member", "remove", team, "ada@example.com", status=2
    )
    assert "at least one owner" in slipway(
        "admin", "member", "set-role", team, "ada@example.com", "viewer", status=2
    )
    slipway("admin", "member", "set-role", team, "bob@example.com", "owner")
    slipway("admin", "member", "remove", team, "ada@example.com")
    (left,) = slipway("admin", "member", "list", team, "--json")
    assert (left["email"], left["role"]) == ("bob@example.com", "owner")


def test_a_token_is_shown_once_and_does_no_more_than_its_user(slipway, first):
    team = str(first["team_id"])
    made = slipway(
        "admin", "token", "create", team, "ada@example.com",
        "--name", "CI", "--scope", "jobs:read", "--json",
    )  # fmt: skip
    assert made["token"].startswith(made["prefix"])
    assert made["expires_at"] > made["created_at"]
    listed = slipway("admin", "token", "list", team, "--json")
    assert [token["scopes"] for token in listed] == [["jobs:read"]]
    assert made["token"] not in json.dumps(listed)
    slipway("admin", "token", "revoke", str(made["id"]))
    assert slipway("admin", "token", "list", team, "--json") == []
    slipway("admin", "user", "create", "bob@example.com")
    slipway("admin", "member", "add", team, "bob@example.com", "--role", "viewer")
    told = slipway(
        "admin", "token", "create", team, "bob@example.com",
        "--name", "CI", "--scope", "environments:write", status=2,
    )  # fmt: skip
    assert "environments:write" in told


def test_each_act_is_written_down_without_secrets(slipway, first):
    reset = slipway("admin", "password", "reset", "ada@example.com", "--json")
    slipway("admin", "user", "disable", "ada@example.com")
    slipway("admin", "user", "enable", "ada@example.com")
    slipway("admin", "team", "set-status", str(first["team_id"]), "SUSPENDED")
    slipway("admin", "session", "revoke", "ada@example.com", "--all")
    acts = slipway("admin", "audit", "--json")
    assert [act["action"] for act in acts] == [
        "session.revoke", "team.set-status", "user.enable", "user.disable", "password.set",
        "member.add", "team.create", "user.create",
    ]  # fmt: skip
    assert all(act["actor"].startswith("cli:") and act["occurred_at"] for act in acts)
    assert all(act["origin"].startswith("host:") for act in acts)
    assert reset["password"] not in json.dumps(acts)
    assert PASSWORD not in json.dumps(acts)
    (one, *_) = slipway("admin", "audit", "--team", str(first["team_id"]), "--json")
    assert one["action"] == "team.set-status"


def test_a_provider_session_is_kept_encrypted_and_rotated(slipway, first, monkeypatch):
    old = slipway("admin", "key", "generate").strip()
    new = slipway("admin", "key", "generate").strip()
    monkeypatch.setenv("SLIPWAY_SECRET_KEYS", old)
    team = str(first["team_id"])
    slipway(
        "admin", "team", "set-provider", team, "--login", "harbour@provider", "--password",
        stdin="the-provider-password\n",
    )  # fmt: skip
    slipway("admin", "team", "set-provider", team, "--login", "harbour@provider", status=2)
    assert "the-provider-password" not in json.dumps(slipway("admin", "audit", "--json"))
    monkeypatch.setenv("SLIPWAY_SECRET_KEYS", new)
    assert "not in the list" in slipway("admin", "key", "rotate", status=1)
    monkeypatch.setenv("SLIPWAY_SECRET_KEYS", f"{new},{old}")
    assert slipway("admin", "key", "rotate", "--json") == {"rotated": 1, "undecryptable": 0}
    monkeypatch.setenv("SLIPWAY_SECRET_KEYS", new)
    assert slipway("admin", "key", "rotate", "--json") == {"rotated": 1, "undecryptable": 0}


@pytest.mark.parametrize(
    "command",
    [
        ["user", "disable", "nobody@example.com"],
        ["password", "set", "77"],
        ["team", "set-status", "77", "ACTIVE"],
        ["member", "add", "77", "ada@example.com"],
        ["member", "remove", "1", "ada@example.com"],
        ["token", "revoke", "77"],
        ["user", "create", "no address"],
        ["user", "create", "ada@example.com"],
    ],
)
def test_what_does_not_exist_is_said_in_a_line(slipway, command, monkeypatch):
    slipway("admin", "user", "create", "ada@example.com")
    slipway("admin", *command, status=2)
