"""Looks for secrets in what processes have logged: those that are known, and whatever looks so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

SHAPES: Mapping[str, re.Pattern[str]] = {
    # What `secrets.token_urlsafe(32)` makes: sessions, exchange tokens, invitations.
    "a token": re.compile(r"(?<![\w/+=-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{43}(?![\w=-])"),
    "an API token": re.compile(r"slw_[\w-]{16,}"),
    "an encryption key": re.compile(r"(?<![\w-])[\w-]{43}=(?![\w=])"),
    "an encrypted secret": re.compile(r"gAAAAA[\w-]{40,}"),
    "a password's hash": re.compile(r"\$argon2"),
    "a password in a URL": re.compile(r"[a-z+]+://[^\s/:@\"']+:(?!\*+@|\[redacted\]@)[^\s/@\"']+@"),
    "a bearer": re.compile(r"(?i)\bbearer\s+(?!token|\[|<|\*|realm|error)[\w.~+/-]{12,}"),
    "a session's cookie": re.compile(r"slipway_session=[\w-]{8,}"),
}  # fmt: skip

SHORTEST_KEY = 32
"""Characters: what is shorter in a `*.key` is a test's malformed one, which a line may hold by chance."""

TOLD_ON_PURPOSE = ("Sign in as", "  operator", "Console  ")
"""How the lines begin with which `slipway up --demo` hands out its passwords and its link."""


def secrets_in(text: str, known: Iterable[str] = ()) -> list[str]:
    """List each finding as what it is and its line's number and beginning, not the secret."""
    return [
        f"line {number}: {what}, in {line[:60]!r}"
        for number, line in enumerate(text.splitlines(), 1)
        if not line.startswith(TOLD_ON_PURPOSE)
        for what in _found(line, [secret for secret in known if secret])
    ]


def secrets_below(folder: Path) -> list[str]:
    """List what processes that wrote a `*.log` or kept a `*.key` below a folder have told."""
    kept = [path.read_text().strip() for path in folder.rglob("*.key") if path.is_file()]
    known = [key for key in kept if len(key) >= SHORTEST_KEY]
    return [
        f"{path}: {finding}"
        for path in sorted(folder.rglob("*.log"))
        if path.is_file()
        for finding in secrets_in(path.read_text(errors="replace"), known)
    ]


def refuse_leaks(folder: Path) -> None:
    """Fail where there is any of these."""
    leaks = secrets_below(folder)
    if leaks:
        raise AssertionError("secrets in logs:\n" + "\n".join(leaks))


def _found(line: str, known: list[str]) -> Iterator[str]:
    for what, shape in SHAPES.items():
        if shape.search(line):
            yield what
    if any(secret in line for secret in known):
        yield "a known secret"
