"""What to tell of an error that the user of a command can mend."""

from aio_pika.exceptions import AMQPError

from backbone.database.availability import server_message
from backbone.errors import BusinessError, DatabaseUnavailable, SettingsError
from backbone.http.listening import ListenError
from backbone.topology.difference import TopologyMismatch
from slipway.admin.password_input import PasswordInputError
from slipway.admin.people import NotTheFirstError
from slipway.amqp import JournalError
from slipway.archive_file import ArchiveFileError
from slipway.dead_letters import UnknownDeadLetterError, UnroutedDeadLetterError
from slipway.demo import DemoError
from slipway.home import HomeError
from slipway.run_file import NotRunningError
from slipway.simulator import StateFileError
from slipway.smoke.events import SmokeError
from slipway.topology import TopologyNotAppliedError

SELF_EXPLANATORY = (
    HomeError,
    ArchiveFileError,
    JournalError,
    StateFileError,
    BusinessError,
    DemoError,
    NotTheFirstError,
    PasswordInputError,
    SettingsError,
    NotRunningError,
    TopologyMismatch,
    TopologyNotAppliedError,
    ListenError,
    UnknownDeadLetterError,
    UnroutedDeadLetterError,
    SmokeError,
)
"""Errors whose text tells the mend."""


def explanation(error: Exception) -> str | None:
    """Return what happened and how to mend it; None when it is a mistake in the program."""
    if isinstance(error, DatabaseUnavailable):
        why = server_message(error)
        return (
            f"the database that DATABASE_URL names does not answer{f' ({why})' if why else ''}; "
            "start it or correct the variable (`slipway up` and `slipway demo` use SQLite "
            "without it)"
        )
    if isinstance(error, SELF_EXPLANATORY):
        return str(error)
    if isinstance(error, AMQPError | ConnectionError):
        return (
            "the broker that RABBITMQ_URL names does not answer as it should "
            f"({type(error).__name__}); start it or correct the variable"
        )
    return None
