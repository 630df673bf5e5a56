"""The configuration of every process, from environment variables.

A wrong value refuses to start and names its variable.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)

from backbone.errors import SettingsError
from backbone.setting_types import (
    AmqpName,
    AmqpUrl,
    DatabaseUrl,
    HttpUrl,
    Networks,
    Origins,
    RedisUrl,
    Seconds,
    SecretKeys,
    is_private_to_host,
)
from backbone.topology.queue_type import with_queue_type
from generated.messaging.topology import Topology


class Settings(BaseModel):
    """What the environment says, under the variables' names in lower case.

    Times are in seconds. `rabbitmq_url` unset means the embedded broker, `redis_url` unset the
    process's own memory, `database_url` unset a SQLite file in `slipway_home`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rabbitmq_url: AmqpUrl | None = None
    """The broker, RabbitMQ 3.10 to 4.x. Unset: the embedded broker of `slipway up`. With amqps://
    its certificate must be of the URL's host; `SSL_CERT_FILE` or the parameter `cafile` names an
    authority that the system does not know, `certfile` and `keyfile` a certificate of our own."""
    rabbitmq_jobs_exchange: AmqpName = "jobs.direct"
    """The direct exchange that jobs are published to."""
    rabbitmq_jobs_queue: AmqpName = "jobs.env.create"
    """The queue of orders to create an environment."""
    rabbitmq_jobs_routing_key: AmqpName = "jobs.env.create"
    """The routing key of orders to create an environment."""
    rabbitmq_jobs_delete_queue: AmqpName = "jobs.env.delete"
    """The queue of deletions."""
    rabbitmq_jobs_delete_routing_key: AmqpName = "jobs.env.delete"
    """The routing key of deletions."""
    rabbitmq_jobs_dead_queue: AmqpName = "jobs.dead"
    """The queue of jobs that failed their contract."""
    rabbitmq_events_exchange: AmqpName = "events.topic"
    """The topic exchange that events are published to."""
    rabbitmq_events_queue: AmqpName = "events.sse"
    """The first part of the name of each gateway's own events queue."""
    rabbitmq_events_dead_queue: AmqpName = "events.dead"
    """The queue of events that failed their contract."""
    rabbitmq_events_binding_key: AmqpName = "team.*.job.*.status"
    """The job events that a gateway takes from the exchange. Any other value than this one is used
    as it is, whoever listens."""
    rabbitmq_team_bindings: Annotated[int, Field(ge=0, le=100_000)] = 2_000
    """Teams up to which a gateway has only the events of those that are listened to sent to it; if
    there are more, it takes all events. 0: always all."""
    rabbitmq_queue_type: Literal["classic", "quorum"] = "classic"
    """How RabbitMQ keeps the durable queues; `quorum` replicates them in a cluster. Queues that are
    there already keep their type until `slipway topology apply`."""
    rabbitmq_delivery_limit: PositiveInt = 1_000
    """Returns to a quorum queue after which a message is dead-lettered. A worker returns a job each
    two seconds while the database is away."""
    dead_letters_max_count: PositiveInt = 10_000
    """Messages kept in each dead-letter queue; beyond that the oldest are dropped."""
    rabbitmq_prefetch_count: Annotated[int, Field(ge=1, le=65535)] = 100
    """Messages that the broker sends to a gateway ahead of their acknowledgement."""
    enable_sse_broker: bool = True
    """`false`: the gateway follows the log only, and needs no broker."""
    celery_task_always_eager: bool = False
    """`true`: jobs run beside the relay, without a broker and a worker. For development."""

    slipway_home: Path = Path(".slipway")
    """The folder of the embedded parts: database, broker journal, key file."""
    database_url: DatabaseUrl | None = None
    """The database, `postgresql://…` or `sqlite:///…`. Unset: a SQLite file in `SLIPWAY_HOME`."""
    # The relay's lock keeps one connection.
    database_pool_size: Annotated[int, Field(ge=2)] = 10
    """Connections of each process for transactions, and as many for single statements."""
    redis_url: RedisUrl | None = None
    """Where rate limits are counted for all processes. Unset: each process's own memory."""

    virtuozzo_base_url: HttpUrl = "http://127.0.0.1:8090"
    """The provider's API. Unset: the simulator of `slipway up`."""
    virtuozzo_allow_http: bool = False
    """`true`: passwords may go to a `VIRTUOZZO_BASE_URL` on another machine without TLS."""
    virtuozzo_login: str | None = None
    """The account at the provider of teams that have none of their own."""
    virtuozzo_password: SecretStr | None = None
    """The password of `VIRTUOZZO_LOGIN`."""
    virtuozzo_installation: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")] = "slipway"
    """The name of this installation in what it makes at the provider; two that share an account
    need two names."""
    virtuozzo_connect_timeout: Seconds = 5.0
    """How long a connection to the provider may take."""
    virtuozzo_read_timeout: Seconds = 30.0
    """How long the provider may take for an answer."""
    virtuozzo_create_timeout: Seconds = 120.0
    """How long the provider may take for the answer to a creation."""
    virtuozzo_poll_seconds: Seconds = 0.5
    """The wait before the first look at an environment that is being made, and between two looks
    when most are done by then; in between it is longer."""
    virtuozzo_poll_max_seconds: Seconds = 5.0
    """The longest wait between two looks."""
    virtuozzo_account_poll_seconds: Seconds = 1.0
    """The least time between two polls of one provider account, whatever waits there. Unset, the
    simulator of `slipway up` is polled every `VIRTUOZZO_POLL_SECONDS`."""

    slipway_secret_keys: SecretKeys = ()
    """Fernet keys, separated by commas; the first encrypts, all decrypt. Rotate by putting a new
    one in front."""
    slipway_event_keys: SecretKeys = ()
    """Keys by which the relay signs events and gateways know them, of the same shape; the first
    signs, all are known. Unset: derived from SLIPWAY_SECRET_KEYS; a relay or gateway alone refuses
    to start without either. Events signed by another key are read from the log before they are
    told."""
    session_lifetime: Seconds = 43_200.0
    """How long a session lives."""
    session_idle_lifetime: Seconds = 14_400.0
    """How long a session lives that is not used; requests are use, an open stream is not."""
    sessions_per_user: PositiveInt = 100
    """How many sessions a user may have; a new one ends the oldest."""
    concurrent_sign_in: Literal["allow", "notify", "ask"] = "notify"
    """What a user's open sessions do about a further sign-in: nothing, hear of it, or decide."""
    concurrent_sign_in_timeout: Seconds = 60.0
    """How long they have to decide."""
    concurrent_sign_in_unanswered: Literal["approve", "refuse"] = "refuse"
    """What becomes of a sign-in on which nobody decided."""
    exchange_token_lifetime: Seconds = 60.0
    """How long the one-time token of a sign-in can be exchanged for a session."""
    cookie_secure: Literal["auto", "true", "false"] = "auto"
    """Whether the session cookie is for https only; `auto`: as the request came. Over http it is
    for loopback; on any other origin a sign-in warns that the cookie travels in the clear."""
    cors_allow_origins: Origins = ()
    """Origins of browsers that may call the API, separated by commas."""
    docs_try_it: bool = True
    """Whether `/docs` lets its reader send requests, with the session that the browser has."""
    trusted_proxies: Networks = ()
    """Addresses or networks, separated by commas, whose word for a client's address is taken."""
    login_attempts_per_minute: PositiveInt = 10
    """Failed sign-ins per account and address."""
    login_attempts_per_address: PositiveInt = 100
    """Failed sign-ins per address, whatever the account."""
    orders_per_minute: PositiveInt = 600
    """Orders per user."""
    metrics_token: SecretStr | None = None
    """The bearer that `/metrics` asks for. Unset: there is no `/metrics`."""
    max_body_bytes: PositiveInt = 65_536
    """The largest request body, in bytes."""

    http_max_head_bytes: Annotated[int, Field(ge=1_024, le=1_048_576)] = 65_536
    """The largest head of a request, in bytes; larger ones are refused (431)."""
    http_max_fields: Annotated[int, Field(ge=10, le=10_000)] = 100
    """The most header fields of a request; more are refused (431)."""
    http_head_timeout_seconds: Seconds = 10.0
    """How long a request's head may take to arrive (408)."""
    http_body_timeout_seconds: Seconds = 30.0
    """How long a request's body may take to arrive (408)."""
    http_send_timeout_seconds: Seconds = 30.0
    """How long a client may take nothing of an answer before it is cut."""
    http_max_connections: PositiveInt = 60_000
    """Connections per process; bounded by the open files that the system allows."""
    http_max_connections_per_address: PositiveInt = 1_024
    """Connections per process from one IPv4 address or IPv6 /64; loopback is not counted."""

    sse_heartbeat_seconds: Seconds = 15.0
    """The silence on a stream after which a comment is sent."""
    sse_queue_size: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Entries that a channel remembers for readers that are behind, and a team for streams that
    resume."""
    sse_idle_team_seconds: Annotated[float, Field(ge=0, le=3_600)] = 30.0
    """How long a gateway follows a team's events after the team's last stream has ended."""
    sse_refill_limit: PositiveInt = 1_000
    """Positions that a reader may fall behind before it is told that it lagged."""
    sse_send_timeout_seconds: Seconds = 30.0
    """How long a reader may take nothing before its stream is closed."""
    sse_max_age_seconds: Seconds = 3_600.0
    """The longest life of a stream; shortened by up to a tenth, so that streams do not end
    together."""
    sse_drain_seconds: Seconds = 5.0
    """How long a gateway that stops takes to end its streams."""
    sse_retry_milliseconds: PositiveInt = 2_000
    """The `retry:` that browsers are told when a stream begins, in milliseconds."""
    sse_shutdown_retry_milliseconds: PositiveInt | None = None
    """The `retry:` of streams that end because their gateway stops, in milliseconds. By default
    that of the beginning, as another gateway serves on; where neither is set, `slipway up`, which
    serves all and has to start again, tells 8,000."""
    sse_poll_seconds: Seconds = 0.25
    """How often the log is read while the broker is away, and access is checked."""
    sse_sweep_seconds: Seconds = 5.0
    """How often the heads of all listened logs are compared, in case a message was lost."""
    sse_max_streams: PositiveInt = 50_000
    """Streams per gateway process."""
    sse_max_streams_per_team: PositiveInt = 10_000
    """Streams per team and gateway process."""
    sse_max_streams_per_user: PositiveInt = 1_000
    """Streams per user and gateway process."""
    sse_log_readers: PositiveInt = 8
    """Readings of the log at a time."""

    events_retention_seconds: Seconds = 7 * 86_400.0
    """How long events are kept."""
    events_retention_count: PositiveInt = 10_000
    """How many events of a team are kept, however old."""
    events_retention_interval_seconds: Seconds = 60.0
    """How often the history is trimmed."""
    jobs_retention_seconds: Seconds = 90 * 86_400.0
    """How long a job is kept after its end; one whose environment is still there stays."""
    environments_retention_seconds: Seconds = 90 * 86_400.0
    """How long a deleted environment is kept."""
    retention_interval_seconds: Seconds = 300.0
    """How often old jobs, environments, sessions, tokens and keys are deleted."""
    archive_folder: Path | None = None
    """Where old jobs and environments are written before they are deleted, as JSON lines; see
    `slipway archive`. Unset: they are not."""

    worker_concurrency: PositiveInt = 8
    """Messages at a time that a worker begins the jobs of; the jobs go on without them."""
    worker_jobs_in_hand: PositiveInt = 200
    """Jobs at a time for which a worker speaks to the provider. Those that wait there, for an
    environment that is being made, are not counted: they are polled together."""
    worker_jobs_per_account: PositiveInt = 50
    """The same for one account at the provider; jobs beyond that are put off, so that they hold up
    no other account's."""
    worker_remote_control: bool = False
    """`true`: workers obey Celery's remote control and tell of their tasks, for `celery status`,
    `celery inspect` and Flower. Whoever may publish at the broker can then command them, down to
    ending them; each job costs some messages more, and idle workers talk, too."""
    job_lease_seconds: Seconds = 30.0
    """How long a job belongs to a worker that says nothing."""
    job_max_attempts: PositiveInt = 5
    """Failures of a job that end it."""
    job_retry_base_seconds: Seconds = 1.0
    """The wait after the first failure; doubles each time."""
    job_retry_max_seconds: Seconds = 60.0
    """The longest wait after a failure."""
    job_hold_seconds: Annotated[float, Field(gt=0, lt=1_800)] = 600.0
    """The longest that one delivery is held, below the broker's acknowledgement time-out of 1,800
    s; a longer job hands itself over."""
    job_deadline_seconds: Seconds = 3_600.0
    """The longest that a job may take from its first claim to its end."""
    job_lost_after_seconds: Seconds = 60.0
    """How long a dispatched job may be untaken before its message counts as lost."""
    job_queue_deadline_seconds: Seconds = 86_400.0
    """How long a job may wait to be begun before it fails."""
    reaper_interval_seconds: Seconds = 5.0
    """How often abandoned jobs are looked for."""

    relay_batch_size: Annotated[int, Field(ge=1, le=2_000)] = 200
    """Messages per batch of the relay."""
    relay_partitions: Annotated[Literal[1, 2, 4, 8, 16], BeforeValidator(int)] = 1
    """Shares of the outbox, 1, 2, 4, 8 or 16, each published by one relay: so many relays can be at
    work. Relays with another number wait until all of those with the present one have stopped.
    SQLite has one."""
    relay_sweep_seconds: Seconds = 1.0
    """How often the outbox is read without being woken."""
    relay_publish_timeout_seconds: Seconds = 5.0
    """How long the broker may take to confirm a message."""
    relay_backoff_max_seconds: Seconds = 5.0
    """The longest wait between two tries to reach the broker."""
    relay_give_up_seconds: Seconds = 86_400.0
    """How long a message that the broker refuses is sent again before it is dropped. Its job is
    sent again or ended by the reaper, its event is in the log."""
    relay_lease_seconds: Annotated[float, Field(ge=0.5)] = 3.0
    """How long leadership lasts without renewal."""

    admin_host: str = "127.0.0.1"
    """The address of the admin port; it asks for no token, so keep it off public networks."""
    admin_port: Annotated[int, Field(ge=1, le=65_000)] | None = None
    """The port of each process's `/health/live`, `/health/ready` and `/metrics` for operators.
    Unset: none. Of several gateway processes each takes the next one; in `slipway up` the worker
    has the next one."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log lines that are written."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`json`, `console`, or `auto`: console on a terminal."""

    @model_validator(mode="after")
    def _a_poll_may_not_outlast_its_limit(self) -> Self:
        if self.virtuozzo_poll_seconds > self.virtuozzo_poll_max_seconds:
            raise ValueError("VIRTUOZZO_POLL_SECONDS is above VIRTUOZZO_POLL_MAX_SECONDS; lower it")
        if self.job_retry_base_seconds > self.job_retry_max_seconds:
            raise ValueError("JOB_RETRY_BASE_SECONDS is above JOB_RETRY_MAX_SECONDS; lower it")
        return self

    @model_validator(mode="after")
    def _passwords_need_tls(self) -> Self:
        if self.virtuozzo_allow_http or is_private_to_host(self.virtuozzo_base_url):
            return self
        raise ValueError(
            "VIRTUOZZO_BASE_URL is http, so that passwords and session keys would travel in the "
            "clear; use https, or say VIRTUOZZO_ALLOW_HTTP=true"
        )

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
        """Return the contract's topology under the configured names and queue type."""
        topology = Topology.default().replace(
            exchanges={
                "jobs.direct": self.rabbitmq_jobs_exchange,
                "events.topic": self.rabbitmq_events_exchange,
            },
            queues={
                "jobs.env.create": self.rabbitmq_jobs_queue,
                "jobs.env.delete": self.rabbitmq_jobs_delete_queue,
                "jobs.dead": self.rabbitmq_jobs_dead_queue,
                "events.sse": self.rabbitmq_events_queue,
                "events.dead": self.rabbitmq_events_dead_queue,
            },
            routing_keys={
                "jobs.env.create": self.rabbitmq_jobs_routing_key,
                "jobs.env.delete": self.rabbitmq_jobs_delete_routing_key,
                "team.*.job.*.status": self.rabbitmq_events_binding_key,
            },
        )
        return with_queue_type(
            topology, self.rabbitmq_queue_type, delivery_limit=self.rabbitmq_delivery_limit
        )

    @property
    def event_keys(self) -> tuple[str, ...]:
        """The keys by which events are signed; the first signs, all are known."""
        return tuple(key.get_secret_value() for key in self.slipway_event_keys)

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


_SECRET = ("_url", "_keys", "_password", "_token")


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
