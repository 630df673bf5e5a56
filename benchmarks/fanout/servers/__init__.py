"""The servers under test, in the order of the tables."""

from benchmarks.fanout.servers.bare_socket import BareSocket
from benchmarks.fanout.servers.gateway import Gateway, GatewayBehindRabbitMQ
from benchmarks.fanout.servers.nchan import Nchan
from benchmarks.fanout.servers.queue_per_client import QueuePerClient
from benchmarks.fanout.servers.server import Server, ServerEnvironment
from benchmarks.fanout.servers.sse_starlette import SseStarlette

SERVERS: tuple[type[Server], ...] = (
    QueuePerClient,
    SseStarlette,
    Nchan,
    Gateway,
    GatewayBehindRabbitMQ,
    BareSocket,
)

__all__ = ["SERVERS", "Server", "ServerEnvironment"]
