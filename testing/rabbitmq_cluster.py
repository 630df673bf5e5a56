"""Several RabbitMQ nodes on this machine that are one broker, for quorum queues."""

import itertools
import secrets
from concurrent.futures import ThreadPoolExecutor

from testing.rabbitmq import PrivateRabbit


class RabbitCluster:
    """Nodes of our own. `stop` and `kill` end one of them, the next each time; `start` all again.

    Raises ServiceMissing.
    """

    def __init__(self, count: int) -> None:
        cookie = secrets.token_hex(16)
        self.nodes = [PrivateRabbit(cookie=cookie) for _ in range(count)]
        self._victims = itertools.cycle(self.nodes)
        self._joined = False

    @property
    def url(self) -> str:
        """The first node's; the others are at the same user's `addresses`."""
        return self.nodes[0].url

    @property
    def addresses(self) -> list[tuple[str, int]]:
        return [("127.0.0.1", node.port) for node in self.nodes]

    def start(self) -> None:
        """Start the nodes that do not run, and join them, once."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(PrivateRabbit.start, [n for n in self.nodes if not n.running]))
        if self._joined:
            return
        first, *others = self.nodes
        for node in others:
            for command in (["stop_app"], ["reset"], ["join_cluster", first.node], ["start_app"]):
                node.control(*command)
        self._joined = True

    def stop(self) -> None:
        """Stop the next node in good order."""
        next(self._victims).stop()

    def kill(self) -> None:
        """Kill the next node."""
        next(self._victims).kill()

    def evaluate(self, expression: str) -> str:
        """Evaluate Erlang on a node that runs."""
        return next(node for node in self.nodes if node.running).evaluate(expression)

    def remove(self) -> None:
        for node in self.nodes:
            node.remove()
