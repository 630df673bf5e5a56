"""Shows a message's body without what may be a secret; refuses what can't be looked into."""

from __future__ import annotations

import json
import re
from typing import Any, Final

LARGEST_SHOWN: Final = 16_384
"""Bytes of a body that is shown, and characters of what is shown of it."""

HIDDEN: Final = "[hidden]"

_NAMES: Final = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|session|cookie|authori[sz]ation|credential|"
    r"(api|private|secret|access|encryption|signing)[-_]?key|signature|hash$",
    re.IGNORECASE,
)
"""Names of properties whose values are not shown, whatever they are."""

_LONG_WORD: Final = re.compile(r"(?=[\w+/.=-]*\d)(?=[\w+/.=-]*[A-Za-z])[\w+/.=-]{32,}")
_IN_URL: Final = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_SCHEME: Final = re.compile(r"(?i)\b(bearer|basic)\s+\S+|\bslw_\S+|\$argon2\S+|\bgAAAAA\S+")


def shown(body: bytes) -> str | None:
    """Return a JSON body as text with what may be a secret replaced.

    None for what is no JSON, nested too deeply or too long: nobody can say what is in it.
    """
    if len(body) > LARGEST_SHOWN:
        return None
    try:
        text = json.dumps(_redacted(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return text if len(text) <= LARGEST_SHOWN and "\x00" not in text else None


def without_secrets(text: str) -> str:
    """Replace what looks like a secret in a text: URLs' credentials, tokens, long random words."""
    for shape in (_IN_URL, _SCHEME, _LONG_WORD):
        text = shape.sub(HIDDEN, text)
    return text


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            without_secrets(name): HIDDEN if _NAMES.search(name) else _redacted(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    return without_secrets(value) if isinstance(value, str) else value
