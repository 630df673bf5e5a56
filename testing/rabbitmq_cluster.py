"""Several RabbitMQ nodes on this machine that are one broker, for quorum queues."""

import itertools
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from testing.missing import ServiceMissing
from testing.rabbitmq import CONTROL_SECONDS, PrivateRabbit


class RabbitCluster:
    """Nodes of our own. `stop` and `kill` end one of them, the next each time; `start` all again.

    Raises ServiceMissing.
    """

    def __init__(self, count: int) -> None:
        cookie = secrets.token_hex(16)
        self.nodes = [PrivateRabbit(cookie=cookie) for _ in range(count)]
        # They find each other when they start for the first time, in any order.
        formation = "cluster_formation.peer_discovery_backend = classic_config\n" + "".join(
            f"cluster_formation.classic_config.nodes.{number} = {node.node}\n"
            for number, node in enumerate(self.nodes, 1)
        )
        for node in self.nodes:
            node.configure(formation)
        self._victims = itertools.cycle(self.nodes)

    @property
    def url(self) -> str:
        """The first node's; the others are at the same user's `addresses`."""
        return self.nodes[0].url

    @property
    def addresses(self) -> list[tuple[str, int]]:
        return [("127.0.0.1", node.port) for node in self.nodes]

    def start(self) -> None:
        """Start the nodes that do not run, and wait until they are one broker."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(PrivateRabbit.start, [n for n in self.nodes if not n.running]))
        deadline = time.monotonic() + CONTROL_SECONDS
        while self.evaluate("length(nodes()) + 1.").strip() != str(len(self.nodes)):
            if time.monotonic() > deadline:
                raise ServiceMissing("the nodes of RabbitMQ do not find each other")

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
