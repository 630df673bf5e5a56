"""Every table, as SQLAlchemy Core. Times are epoch seconds as doubles; ids are 64-bit integers.

All else imports tables from this package, not from its modules, so that `metadata` has them all.
"""

from backbone.database.tables.accounts import (
    audit_log,
    invitations,
    memberships,
    teams,
    users,
)
from backbone.database.tables.base import metadata
from backbone.database.tables.credentials import (
    access_changes,
    api_tokens,
    exchange_tokens,
    known_devices,
    sessions,
)
from backbone.database.tables.installation import (
    id_blocks,
    leases,
    schema_support,
)
from backbone.database.tables.messaging import (
    events,
    outbox,
)
from backbone.database.tables.orders import (
    environments,
    idempotency_keys,
    job_counts,
    job_logs,
)

__all__ = [
    "access_changes",
    "api_tokens",
    "audit_log",
    "environments",
    "events",
    "exchange_tokens",
    "id_blocks",
    "idempotency_keys",
    "invitations",
    "job_counts",
    "job_logs",
    "known_devices",
    "leases",
    "memberships",
    "metadata",
    "outbox",
    "schema_support",
    "sessions",
    "teams",
    "users",
]
