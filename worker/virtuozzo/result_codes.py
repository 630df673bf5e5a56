"""What the `result` numbers of the API mean. The code decides; the text only where it does not.

The platform publishes no list. These numbers are those on which its own add-ons, its release notes
and its public client libraries agree; hosters add texts of their own, hence the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from worker.virtuozzo.errors import (
    EnvironmentNotFoundError,
    InvalidSpecError,
    NameTakenError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    QuotaExceededError,
    RetryableProviderError,
    SessionExpiredError,
    SignInRefusedError,
)

BY_RESULT: Final[Mapping[int, type[ProviderError]]] = {
    5: EnvironmentNotFoundError,  # no such object
    8: ProviderRefusedError,  # permission denied
    11: EnvironmentNotFoundError,  # no such application: what getenvinfo says after a delete
    17: ProviderTimeoutError,  # the platform waited in vain for one of its own parts
    504: ProviderTimeoutError,  # the same, told by its gateway
    702: SessionExpiredError,  # session unknown or expired
    2207: ProviderUnavailableError,  # the external billing system failed
    2212: ProviderBusyError,  # not allowed in the environment's current status
    2223: QuotaExceededError,  # the external billing system said no
    2314: NameTakenError,  # the domain is in use
    8202: ProviderRefusedError,  # the token lacks a permission
}

BY_WORDS: Final[tuple[tuple[re.Pattern[str], type[ProviderError]], ...]] = (
    (re.compile(r"(?i)session .*(expired|not exist|invalid)"), SessionExpiredError),
    (re.compile(r"(?i)already (in use|exists?|used|taken|registered)"), NameTakenError),
    (
        re.compile(r"(?i)quota|limit .*(reached|exceeded)|not enough (money|funds)"),
        QuotaExceededError,
    ),
    (re.compile(r"(?i)locked|busy|another (action|process)|in progress"), ProviderBusyError),
    (re.compile(r"(?i)timed?[ -]?out"), ProviderTimeoutError),
    (
        re.compile(r"(?i)(invalid|incorrect|wrong|missing|unknown) (param|value|json)"),
        InvalidSpecError,
    ),
    (re.compile(r"(?i)(invalid|incorrect|wrong|unknown) (node|region|domain)"), InvalidSpecError),
    (re.compile(r"(?i)environment .*not (found|exist)"), EnvironmentNotFoundError),
)

_ACTED: Final = frozenset({ProviderTimeoutError, ProviderUnavailableError})
"""Errors after which the provider may have done the work all the same."""

_UNKNOWN_ERROR: Final = 99
"""An exception inside the platform; anything may have happened, and it often passes."""


def error_for(method: str, result: int, text: str) -> ProviderError:
    """Return the named error for a non-zero `result` of `method` with the provider's `text`."""
    kind = BY_RESULT.get(result) or _by_words(result, text)
    if method == "signin" and not issubclass(kind, RetryableProviderError):
        # There is no session and no environment yet that could be the reason.
        kind = SignInRefusedError
    return kind(
        f"{method} answered result {result}: {text or 'no text'}",
        method=method,
        result=result,
        may_have_reached=kind in _ACTED,
    )


def _by_words(result: int, text: str) -> type[ProviderError]:
    for words, kind in BY_WORDS:
        if words.search(text):
            return kind
    return ProviderUnavailableError if result == _UNKNOWN_ERROR else ProviderRefusedError
