"""The configuration of every process, from environment variables.

A wrong value refuses to start and names its variable.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from backbone.cipher import check_key
from backbone.errors import SettingsError
from generated.messaging.topology import Topology

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A span of time in seconds."""


def _words(value: object) -> object:
    return (
        [word.strip() for word in value.split(",") if word.strip()]
        if isinstance(value, str)
        else value
    )


def _amqp(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("amqp://", "amqps://")):
        raise ValueError("must start with amqp:// or amqps://")
    return value


def _redis(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return value


def _database(value: SecretStr) -> SecretStr:
    try:
        backend = make_url(value.get_secret_value()).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"postgresql", "postgres", "sqlite"}:
        raise ValueError("must be postgresql://user:password@host/database or sqlite:///file")
    return value


def _http(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/")


def _keys(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for value in values:
        check_key(value.get_secret_value())
    return values


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""A list in one variable, separated by commas."""

SecretKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_words), AfterValidator(_keys)]
"""Fernet keys, separated by commas; the first encrypts, all decrypt."""

AmqpName = Annotated[str, Field(min_length=1, max_length=255)]
"""A name of an exchange or queue, or a key; AMQP 0-9-1 allows 255 octets in a short string."""


class Settings(BaseModel):
    """What the environment says, under the variables' names in lower case.

    Times are in seconds. `rabbitmq_url` unset means the embedded broker, `redis_url` unset the
    process's own memory, `database_url` unset a SQLite file in `slipway_home`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rabbitmq_url: Annotated[SecretStr, AfterValidator(_amqp)] | None = None
    rabbitmq_jobs_exchange: AmqpName = "jobs.direct"
    rabbitmq_jobs_queue: AmqpName = "jobs.env.create"
    rabbitmq_jobs_routing_key: AmqpName = "jobs.env.create"
    rabbitmq_events_exchange: AmqpName = "events.topic"
    rabbitmq_events_queue: AmqpName = "events.sse"
    rabbitmq_events_binding_key: AmqpName = "team.*.job.*.status"
    rabbitmq_prefetch_count: Annotated[int, Field(ge=1, le=65535)] = 100
    enable_sse_broker: bool = True
    celery_task_always_eager: bool = False

    slipway_home: Path = Path(".slipway")
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = None
    # The relay's lock keeps one connection.
    database_pool_size: Annotated[int, Field(ge=2)] = 10
    redis_url: Annotated[SecretStr, AfterValidator(_redis)] | None = None

    virtuozzo_base_url: Annotated[str, AfterValidator(_http)] = "http://127.0.0.1:8090"
    virtuozzo_login: str | None = None
    virtuozzo_password: SecretStr | None = None
    virtuozzo_installation: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")] = "slipway"
    virtuozzo_connect_timeout: Seconds = 5.0
    virtuozzo_read_timeout: Seconds = 30.0
    virtuozzo_create_timeout: Seconds = 120.0
    virtuozzo_poll_seconds: Seconds = 0.5
    virtuozzo_poll_max_seconds: Seconds = 5.0

    slipway_secret_keys: SecretKeys = ()
    session_lifetime: Seconds = 43_200.0
    exchange_token_lifetime: Seconds = 60.0
    cookie_secure: Literal["auto", "true", "false"] = "auto"
    cors_allow_origins: Words = ()
    login_attempts_per_minute: PositiveInt = 10
    login_attempts_per_address: PositiveInt = 100
    orders_per_minute: PositiveInt = 600
    max_body_bytes: PositiveInt = 65_536

    http_max_head_bytes: Annotated[int, Field(ge=1_024, le=1_048_576)] = 65_536
    http_max_fields: Annotated[int, Field(ge=10, le=10_000)] = 100
    http_head_timeout_seconds: Seconds = 10.0
    http_body_timeout_seconds: Seconds = 30.0
    http_send_timeout_seconds: Seconds = 30.0
    http_max_connections: PositiveInt = 60_000
    http_max_connections_per_address: PositiveInt = 1_024

    sse_heartbeat_seconds: Seconds = 15.0
    sse_queue_size: Annotated[int, Field(ge=1, le=10_000)] = 100
    sse_refill_limit: PositiveInt = 1_000
    sse_send_timeout_seconds: Seconds = 30.0
    sse_max_age_seconds: Seconds = 3_600.0
    sse_drain_seconds: Seconds = 5.0
    sse_retry_milliseconds: PositiveInt = 2_000
    sse_poll_seconds: Seconds = 0.25
    sse_sweep_seconds: Seconds = 5.0
    sse_max_streams: PositiveInt = 50_000
    sse_max_streams_per_team: PositiveInt = 10_000
    sse_max_streams_per_user: PositiveInt = 1_000
    sse_log_readers: PositiveInt = 8

    events_retention_seconds: Seconds = 7 * 86_400.0
    events_retention_count: PositiveInt = 10_000
    events_retention_interval_seconds: Seconds = 60.0

    worker_concurrency: PositiveInt = 8
    job_lease_seconds: Seconds = 30.0
    job_max_attempts: PositiveInt = 5
    job_retry_base_seconds: Seconds = 1.0
    job_retry_max_seconds: Seconds = 60.0
    job_hold_seconds: Annotated[float, Field(gt=0, lt=1_800)] = 600.0
    job_deadline_seconds: Seconds = 3_600.0
    job_lost_after_seconds: Seconds = 60.0
    job_queue_deadline_seconds: Seconds = 86_400.0
    reaper_interval_seconds: Seconds = 5.0

    relay_batch_size: Annotated[int, Field(ge=1, le=2_000)] = 200
    relay_sweep_seconds: Seconds = 1.0
    relay_publish_timeout_seconds: Seconds = 5.0
    relay_backoff_max_seconds: Seconds = 5.0
    relay_lease_seconds: Annotated[float, Field(ge=0.5)] = 3.0

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    @model_validator(mode="after")
    def _a_poll_may_not_outlast_its_limit(self) -> Self:
        if self.virtuozzo_poll_seconds > self.virtuozzo_poll_max_seconds:
            raise ValueError("VIRTUOZZO_POLL_SECONDS is above VIRTUOZZO_POLL_MAX_SECONDS; lower it")
        if self.job_retry_base_seconds > self.job_retry_max_seconds:
            raise ValueError("JOB_RETRY_BASE_SECONDS is above JOB_RETRY_MAX_SECONDS; lower it")
        return self

    @property
    def amqp_url(self) -> str | None:
        """The broker's URL with its password, or None for the embedded broker."""
        return None if self.rabbitmq_url is None else self.rabbitmq_url.get_secret_value()

    @property
    def sql_url(self) -> str:
        """The database's URL with its password; unset, a SQLite file in `slipway_home`."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.slipway_home / 'slipway.db').absolute()}"

    def topology(self) -> Topology:
        """The contract's exchanges, queues and keys under the configured names."""
        return Topology.default().replace(
            exchanges={
                "jobs.direct": self.rabbitmq_jobs_exchange,
                "events.topic": self.rabbitmq_events_exchange,
            },
            queues={
                "jobs.env.create": self.rabbitmq_jobs_queue,
                "events.sse": self.rabbitmq_events_queue,
            },
            routing_keys={
                "jobs.env.create": self.rabbitmq_jobs_routing_key,
                "team.*.job.*.status": self.rabbitmq_events_binding_key,
            },
        )

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The Fernet keys; the first encrypts, all decrypt."""
        return tuple(key.get_secret_value() for key in self.slipway_secret_keys)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's).

    Raises SettingsError with one line per wrong variable: its name, its value unless that may hold
    a secret, and the mend.
    """
    source = os.environ if environ is None else environ
    given: dict[str, Any] = {
        name: source[name.upper()]
        for name in Settings.model_fields
        if source.get(name.upper(), "") != ""
    }
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error, given))) from None


_SECRET = ("_url", "_keys", "_password")


def _complaints(error: ValidationError, given: Mapping[str, Any]) -> list[str]:
    lines = []
    for fault in error.errors(include_url=False, include_context=False):
        reason = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:
            lines.append(reason)
            continue
        name = str(fault["loc"][0])
        value = "" if name.endswith(_SECRET) else f"={given.get(name)!r}"
        line = f"{name.upper()}{value}: {reason}"
        if line not in lines:
            lines.append(line)
    return lines
