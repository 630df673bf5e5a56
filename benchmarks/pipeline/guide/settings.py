"""What the guide's style reads from the environment, under the guide's names."""

import os
from dataclasses import dataclass

JOBS_EXCHANGE = "jobs.direct"
JOBS_QUEUE = "jobs.env.create"
JOBS_ROUTING_KEY = "jobs.env.create"
EVENTS_EXCHANGE = "events.topic"
EVENTS_QUEUE = "events.sse"
EVENTS_BINDING_KEY = "team.*.job.*.status"
PREFETCH_COUNT = 100
QUEUE_SIZE = 100
TASK = "domains.environments.create_environment"


@dataclass(frozen=True)
class Settings:
    """Where the services are; `provider_key` is the provider's session key."""

    rabbitmq_url: str
    database_url: str
    provider_url: str
    provider_key: str

    @classmethod
    def load(cls) -> "Settings":
        """Read them."""
        return cls(
            rabbitmq_url=os.environ["RABBITMQ_URL"],
            database_url=os.environ["DATABASE_URL"],
            provider_url=os.environ["VIRTUOZZO_BASE_URL"],
            provider_key=os.environ["GUIDE_PROVIDER_KEY"],
        )
