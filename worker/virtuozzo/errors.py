"""Everything that can go wrong at the provider, as named errors that say whether to try again.

Refuses to carry secrets: a message is made of the method, the result code and the provider's text,
from which the session key was taken out.

    ProviderError
    ├── RetryableProviderError            the same call may succeed later
    │   ├── ProviderTimeoutError          provider_timeout      no answer in time
    │   ├── ProviderUnavailableError      provider_unavailable  refused, reset, 5xx, no JSON
    │   └── ProviderBusyError             provider_busy         locked, wrong status, 429
    ├── PermanentProviderError            the same call will fail again
    │   ├── NameTakenError                name_taken
    │   ├── QuotaExceededError            quota_exceeded
    │   ├── InvalidSpecError              invalid_spec
    │   ├── EnvironmentNotFoundError      environment_not_found
    │   ├── EnvironmentBrokenError        provider_broken       the environment reached status 11
    │   ├── SignInRefusedError            sign_in_refused       wrong login or password
    │   └── ProviderRefusedError          provider_refused      any other definite no
    └── SessionExpiredError               session_expired       sign in again, once
"""

from __future__ import annotations

from typing import ClassVar


class ProviderError(Exception):
    """A failed call.

    `code` is stable and may be shown to clients; `method` is the provider's method in lower case;
    `result` is the provider's result code, or the HTTP status when it gave none.
    `may_have_reached` is true when the provider may have acted although the call failed: look
    before repeating a call that creates something.
    """

    code: ClassVar[str] = "provider_error"

    def __init__(
        self,
        message: str,
        *,
        method: str,
        result: int | None = None,
        may_have_reached: bool = False,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.result = result
        self.may_have_reached = may_have_reached


class RetryableProviderError(ProviderError):
    """The same call may succeed later."""


class ProviderTimeoutError(RetryableProviderError):
    """No connection or no answer within the time-out."""

    code = "provider_timeout"


class ProviderUnavailableError(RetryableProviderError):
    """Refused or reset connection, HTTP 5xx, or an answer that is not the API's JSON."""

    code = "provider_unavailable"


class ProviderBusyError(RetryableProviderError):
    """The environment is locked by another action, or the account sends too many requests."""

    code = "provider_busy"


class PermanentProviderError(ProviderError):
    """The same call will fail again."""


class NameTakenError(PermanentProviderError):
    """The short domain belongs to another environment."""

    code = "name_taken"


class QuotaExceededError(PermanentProviderError):
    """The account may not have this much: a quota or the billing system says no."""

    code = "quota_exceeded"


class InvalidSpecError(PermanentProviderError):
    """The provider does not accept the settings of the environment or of its nodes."""

    code = "invalid_spec"


class EnvironmentNotFoundError(PermanentProviderError):
    """No environment of this name is visible to the session."""

    code = "environment_not_found"


class EnvironmentBrokenError(PermanentProviderError):
    """The environment exists and is broken (status 11)."""

    code = "provider_broken"


class SignInRefusedError(PermanentProviderError):
    """The provider does not know this login and password."""

    code = "sign_in_refused"


class ProviderRefusedError(PermanentProviderError):
    """A definite no of another kind, for example a missing permission."""

    code = "provider_refused"


class SessionExpiredError(ProviderError):
    """The provider does not know the session key, and signing in again did not help."""

    code = "session_expired"
