"""The embedded AMQP 0-9-1 broker, a stand-in for RabbitMQ on a bare machine."""

from slipway.amqp.broker import Broker
from slipway.amqp.journal import JournalDiskFullError, JournalError, JournalThreadEndedError
from slipway.amqp.limits import Limits

__all__ = ["Broker", "JournalDiskFullError", "JournalError", "JournalThreadEndedError", "Limits"]
