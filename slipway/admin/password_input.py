"""Takes passwords from a prompt, or from standard input; never from an argument.

Arguments are seen by every user of the host, and shells remember them.
"""

from __future__ import annotations

import getpass
import sys

from backbone.errors import SlipwayError
from backbone.passwords import MAX_PASSWORD, MIN_PASSWORD


class PasswordInputError(SlipwayError):
    """What was typed or piped is no password that may be set."""


def new_password() -> str:
    """Ask twice at a terminal, else read one line of standard input. Raises PasswordInputError."""
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        if getpass.getpass("The same again: ") != password:
            raise PasswordInputError("the two passwords differ; nothing was changed")
    else:
        password = _line()
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise PasswordInputError(
            f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters; nothing was changed"
        )
    return password


def secret(prompt: str) -> str:
    """Ask for a secret that exists already, once; an empty one is refused."""
    given = getpass.getpass(f"{prompt}: ") if sys.stdin.isatty() else _line()
    if not given:
        raise PasswordInputError("nothing was given")
    return given


def _line() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise PasswordInputError("standard input is no text in this terminal's encoding") from None
