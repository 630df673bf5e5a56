"""The errors that a caller may be told about, each with the code and status of its problem.

```
SlipwayError
├── SettingsError                      a process refuses to start
└── BusinessError                      rendered as an RFC 9457 problem
    ├── NotAuthenticated        401    ├── ShortdomainTaken        409
    │   └── InvalidCredentials  401    ├── JobNotCancellable       409
    ├── TeamForbidden           403    ├── JobNotRetryable         409
    ├── PermissionMissing       403    ├── EnvironmentBusy         409
    ├── BeyondYourRights        403    ├── DeadLetterUnrouted      409
    ├── SignInRefused           403    ├── EmailTaken              409
    ├── TeamInactive            403    ├── SignInPending           409
    ├── NotFound                404    ├── LastOwner               409
    ├── InternalError           500    ├── InvalidRequest          422
    │                                  ├── IdempotencyKeyReused    422
    │                                  └── RateLimited             429
    ├── those of `backbone.http.errors`, about the request as such
    └── Unavailable             503
        ├── DatabaseUnavailable
        │   └── AnswerLost
        ├── OutcomeUnknown
        ├── BrokerUnavailable
        ├── SecretsUnavailable
        └── Overloaded
```
"""

# ruff: noqa: N818 - these are refusals, named as the problem's title names them
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class SlipwayError(Exception):
    """Anything that this project raises on purpose."""


class SettingsError(SlipwayError):
    """The environment variables are no valid configuration; the text names each and the mend."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A JSON pointer into a request, below `/body`, `/query`, …, and what is wrong there."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class RateLimitPolicy:
    """A limit: how many of what in a window of so many seconds. The name is a plain word."""

    name: str
    quota: int
    window: int


class BusinessError(SlipwayError):
    """A refusal with a stable `code`. `detail` is for people and must be free of secrets."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    default_detail: ClassVar[str] = ""

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: int | None = None,
        field_errors: Sequence[FieldError] = (),
    ) -> None:
        self.detail = detail or self.default_detail
        self.retry_after = retry_after
        self.field_errors = tuple(field_errors)
        super().__init__(self.detail or self.title)

    @property
    def headers(self) -> dict[str, str]:
        """The problem's response headers: `Retry-After` in seconds (RFC 9110 §10.2.3)."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class NotAuthenticated(BusinessError):
    """No session, an unknown one, or one that is over."""

    code, status, title = "not_authenticated", 401, "Sign in first"
    default_detail = "Send the session cookie or a bearer token."

    @property
    def headers(self) -> dict[str, str]:
        """A 401 must name a scheme (RFC 9110 §11.6.1)."""
        return {**super().headers, "WWW-Authenticate": "Bearer"}


class InvalidCredentials(NotAuthenticated):
    """The e-mail address or the password is wrong; which of them is not told."""

    code, status, title = "invalid_credentials", 401, "Wrong credentials"
    default_detail = "The e-mail address or the password is wrong."


class TeamForbidden(BusinessError):
    """The session belongs to another team."""

    code, status, title = "team_forbidden", 403, "Not your team"
    default_detail = "Your session belongs to another team."


class PermissionMissing(BusinessError):
    """The session's user lacks a permission in this team."""

    code, status, title = "permission_missing", 403, "Permission missing"
    default_detail = "Ask a platform operator for the permission."


class BeyondYourRights(BusinessError):
    """Somebody wants to give more than they have: a role, or an API token's scope."""

    code, status, title = "beyond_your_rights", 403, "More than you may"
    default_detail = "Nobody gives more than they have."


class SignInRefused(BusinessError):
    """Another session of the account refused the sign-in, or nobody answered in time."""

    code, status, title = "sign_in_refused", 403, "Sign-in refused"
    default_detail = "Another session of the account refused this sign-in."


class TeamInactive(BusinessError):
    """The team is neither TRIALING nor ACTIVE."""

    code, status, title = "team_inactive", 403, "Team inactive"
    default_detail = "Only teams that are TRIALING or ACTIVE may do this."


class NotFound(BusinessError):
    """There is no such thing, or none in the session's team."""

    code, status, title = "not_found", 404, "Not found"
    default_detail = "There is nothing here."


class ShortdomainTaken(BusinessError):
    """The team already has, or has ordered, an environment of this name."""

    code, status, title = "shortdomain_taken", 409, "Name taken"
    default_detail = "Your team already has or orders an environment of this name."


class JobNotCancellable(BusinessError):
    """The job is over, or of a kind that has no early end."""

    code, status, title = "job_not_cancellable", 409, "Too late to cancel"
    default_detail = "The job can no longer be cancelled."


class JobNotRetryable(BusinessError):
    """The job did not fail, so there is nothing to do again."""

    code, status, title = "job_not_retryable", 409, "Not to be retried"
    default_detail = "Only a failed job can be retried."


class DeadLetterUnrouted(BusinessError):
    """A dead letter can't be sent again: nobody knows where it came from, or nothing is there."""

    code, status, title = "dead_letter_unrouted", 409, "Nowhere to send it"
    default_detail = "Nothing is bound to where the message came from; start its consumer."


class EnvironmentBusy(BusinessError):
    """Another job works on the environment."""

    code, status, title = "environment_busy", 409, "Environment busy"
    default_detail = "Another job works on this environment; wait for its end."


class EmailTaken(BusinessError):
    """A user with this address exists."""

    code, status, title = "email_taken", 409, "Address taken"
    default_detail = "There is a user with this address already."


class SignInPending(BusinessError):
    """Another session of the account has to approve the sign-in first."""

    code, status, title = "sign_in_pending", 409, "Waiting for approval"
    default_detail = (
        "Another session of the account has to approve this sign-in; ask again in a second."
    )


class LastOwner(BusinessError):
    """The team would be left without an owner."""

    code, status, title = "last_owner", 409, "Last owner"
    default_detail = "A team keeps at least one owner; make somebody else an owner first."


class InvalidRequest(BusinessError):
    """The request does not pass its contract; `field_errors` tell where."""

    code, status, title = "invalid_request", 422, "Invalid request"
    default_detail = "The request does not pass the contract."


class IdempotencyKeyReused(BusinessError):
    """The same key came with another body."""

    code, status, title = "idempotency_key_reused", 422, "Idempotency key reused"
    default_detail = "This Idempotency-Key was used for another order; take a new one."


class RateLimited(BusinessError):
    """Too many requests in too short a time."""

    code, status, title = "rate_limited", 429, "Too many requests"
    default_detail = "Wait before the next try."

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: int = 1,
        exhausted: RateLimitPolicy | None = None,
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.exhausted = exhausted

    @property
    def headers(self) -> dict[str, str]:
        """Add what was exhausted, as draft-ietf-httpapi-ratelimit-headers-10 writes it."""
        headers, policy = super().headers, self.exhausted
        if policy is not None:
            headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={policy.window}'
            headers["RateLimit"] = f'"{policy.name}";r=0;t={self.retry_after}'
        return headers


class InternalError(BusinessError):
    """Our fault; the log has the cause under the request's id."""

    code, status, title = "internal_error", 500, "Internal error"
    default_detail = "Something broke on our side; the request's id finds it in our logs."


class Unavailable(BusinessError):
    """A part that the request needs does not answer; the same request may work a little later."""

    status = 503

    def __init__(self, detail: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(detail, retry_after=retry_after)


class DatabaseUnavailable(Unavailable):
    """The database does not answer; nothing was half-written."""

    code, title = "database_unavailable", "Try again"
    default_detail = "The database does not answer."


class AnswerLost(DatabaseUnavailable):
    """The database may have done it: the answer did not come. Readers are told of an outage."""


class OutcomeUnknown(Unavailable):
    """The order may be recorded: the database's answer did not come."""

    code, title = "outcome_unknown", "Ask again"
    default_detail = (
        "The database did not answer in time, so the order may or may not be recorded. Send it "
        "again with the same Idempotency-Key, and it is recorded once; without one, look at the "
        "list of jobs first."
    )


class SecretsUnavailable(Unavailable):
    """This process has no key to encrypt a secret with."""

    code, title = "secrets_unavailable", "No key for secrets"
    default_detail = "Secrets can't be stored here: SLIPWAY_SECRET_KEYS is not set."


class BrokerUnavailable(Unavailable):
    """The broker does not answer, or this process is not connected to one."""

    code, title = "broker_unavailable", "Try again"
    default_detail = "The broker does not answer."


class Overloaded(Unavailable):
    """The process has as much to do as it may take."""

    code, title = "overloaded", "Overloaded"
    default_detail = "Too much to do at the moment."
