"""What is done to the stack: each fault is begun, lasts a while, and is mended again."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from benchmarks.chaos.clocks import MOVE_SECONDS
from benchmarks.chaos.database_faults import DatabaseFaults
from benchmarks.chaos.messages import ForeignProgram
from benchmarks.chaos.orders import Orders
from benchmarks.chaos.rewinding import Rewinding
from benchmarks.chaos.stack import EXIT_SECONDS, Stack, start
from testing.process import Process
from testing.tcp_proxy import Proxy

ORDERS_IN_OUTAGE = 3
OUTAGE_SECONDS = 30.0

CLOSE_CONNECTIONS = (
    '[rabbit_networking:close_connection(P, "chaos") || P <- rabbit_networking:connections()], ok.'
)

MEMORY_ALARM, DISK_ALARM = (f"{{resource_limit, {what}, node()}}" for what in ("memory", "disk"))

Fault = Callable[[], Awaitable[None]]
Deck = dict[str, Fault]


class UnknownFaultError(ValueError):
    """No fault is called so; the text tells which there are."""


def narrowed(decks: Sequence[Deck], only: str) -> list[Deck]:
    """Return the decks with those kinds alone whose names contain `only`; none of them is empty.

    Raises UnknownFaultError.
    """
    chosen = [{kind: deck[kind] for kind in deck if only in kind} for deck in decks]
    if not any(chosen):
        there = ", ".join(sorted(kind for deck in decks for kind in deck))
        raise UnknownFaultError(f"no fault is called {only!r}; there are: {there}")
    return [deck for deck in chosen if deck]


class Faults:
    """The faults by kind, those alone whose names contain `only`, in decks of what excludes each other.

    `counts` tells how often each was done, `broken` what was promised and not kept.
    """

    def __init__(
        self,
        stack: Stack,
        orders: Orders,
        rewinding: Rewinding,
        dice: random.Random,
        only: str = "",
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        self.orders_in_outages = 0
        self._stack = stack
        self._orders = orders
        self._rewinding = rewinding
        self._dice = dice
        self._database = DatabaseFaults(stack.database, dice)
        self._foreign = ForeignProgram(stack.broker.url, len(stack.members), dice)
        self.decks = narrowed(self._all(), only)

    def done_less_than(self, times: int) -> list[str]:
        """Name the kinds that were done less often, each with how often it was done."""
        kinds = [kind for deck in self.decks for kind in deck]
        return [f"{kind} ({self.counts[kind]})" for kind in kinds if self.counts[kind] < times]

    def _all(self) -> list[Deck]:
        return [
            {
                "kill a worker": lambda: self._kill(self._dice.choice(self._stack.workers)),
                "kill a relay": lambda: self._kill(self._dice.choice(self._stack.relays)),
                "kill a gateway": lambda: self._kill(self._dice.choice(self._stack.gateways)),
                "kill the service": lambda: self._kill(self._stack.service),
                "roll the gateways": self._roll_gateways,
                # Here, because a gateway that is frozen cannot be rolled.
                "freeze a gateway": lambda: self._freeze(self._dice.choice(self._stack.gateways)),
                "lose the last commits": self._rewinding.rewind,
                # Here, because a process that starts without its database ends, and says so.
                "cut to the database": lambda: self._cut(self._stack.to_database),
                "black-hole to the database": lambda: self._black_hole(self._stack.to_database),
                **self._database.kinds(),
            },
            {
                "freeze a worker": lambda: self._freeze(self._dice.choice(self._stack.workers)),
                "freeze a relay": lambda: self._freeze(self._dice.choice(self._stack.relays)),
                "freeze the service": lambda: self._freeze(self._stack.service),
                **({"move a clock": self._move_clock} if self._stack.clocks.movable else {}),
            },
            {
                "cut to the broker": lambda: self._cut(self._stack.to_broker),
                "refuse to the broker": lambda: self._refuse(self._stack.to_broker),
                "black-hole to the broker": lambda: self._black_hole(self._stack.to_broker),
                "cut clients": lambda: self._cut(self._edges()),
                "refuse clients": lambda: self._refuse(self._edges()),
                "black-hole clients": lambda: self._black_hole(self._edges()),
                "forged and oversized messages": self._foreign_messages,
            },
            {
                "stop the broker": lambda: self._outage(self._stack.broker.stop),
                "close broker connections": self._close_connections,
                "kill the broker": lambda: self._outage(self._stack.broker.kill),
                "block the broker": lambda: self._block(MEMORY_ALARM),
                "fill the broker's disk": lambda: self._block(DISK_ALARM),
            },
        ]

    def _edges(self) -> dict[str, Proxy]:
        return {str(number): proxy for number, proxy in enumerate(self._stack.to_gateways)}

    async def _kill(self, process: Process | None) -> None:
        assert process is not None
        await process.kill()
        await asyncio.sleep(self._dice.uniform(0, 1.5))
        await start(process)

    async def _freeze(self, process: Process | None) -> None:
        """Freeze it, mostly beyond its lease, and let it go on."""
        assert process is not None
        process.freeze()
        try:
            await asyncio.sleep(self._dice.uniform(1.0, 8.0))
        finally:
            process.thaw()

    async def _foreign_messages(self) -> None:
        # The broker may be away; then nobody can send either.
        with suppress(*CONNECTION_EXCEPTIONS, TimeoutError):
            await self._foreign.send()

    async def _move_clock(self) -> None:
        """Set a process's clock forward or back, and right again."""
        process = self._dice.choice(self._stack.processes)
        self._stack.clocks.move(process.name, self._dice.choice((-MOVE_SECONDS, MOVE_SECONDS)))
        try:
            await asyncio.sleep(self._dice.uniform(2.0, 6.0))
        finally:
            self._stack.clocks.move(process.name, 0)

    async def _block(self, alarm: str) -> None:
        """Raise an alarm: the broker takes no messages, and says so."""
        evaluate = self._stack.broker.evaluate
        await asyncio.to_thread(evaluate, f"rabbit_alarm:set_alarm({{{alarm}, []}}).")
        try:
            await asyncio.sleep(self._dice.uniform(2.0, 6.0))
        finally:
            await asyncio.to_thread(evaluate, f"rabbit_alarm:clear_alarm({alarm}).")

    async def _roll_gateways(self) -> None:
        for gateway in self._stack.gateways:
            status = await gateway.terminate(EXIT_SECONDS)
            if status != 0:
                how = "had to be killed" if status is None else f"ended with {status}"
                self.broken.append(f"{gateway.name} {how} after SIGTERM")
            await start(gateway)

    async def _cut(self, proxies: dict[str, Proxy]) -> None:
        for proxy in self._some(proxies):
            proxy.cut()

    async def _refuse(self, proxies: dict[str, Proxy]) -> None:
        await self._hold(self._some(proxies), Proxy.refuse, self._dice.uniform(0.3, 2.0))

    async def _black_hole(self, proxies: dict[str, Proxy]) -> None:
        await self._hold(self._some(proxies), Proxy.black_hole, self._dice.uniform(0.5, 6.0))

    def _some(self, proxies: dict[str, Proxy]) -> list[Proxy]:
        names = sorted(proxies)
        chosen = self._dice.sample(names, self._dice.randint(1, len(names)))
        return [proxies[name] for name in chosen]

    async def _hold(
        self, proxies: list[Proxy], begin: Callable[[Proxy], None], seconds: float
    ) -> None:
        try:
            for proxy in proxies:
                begin(proxy)
            await asyncio.sleep(seconds)
        finally:
            for proxy in proxies:
                proxy.heal()

    async def _close_connections(self) -> None:
        await asyncio.to_thread(self._stack.broker.evaluate, CLOSE_CONNECTIONS)

    async def _outage(self, end: Callable[[], None]) -> None:
        """Away it goes; it comes back when orders were accepted without it."""
        await asyncio.to_thread(end)
        try:
            before = len(self._orders.accepted)
            try:
                async with asyncio.timeout(OUTAGE_SECONDS):
                    while len(self._orders.accepted) < before + ORDERS_IN_OUTAGE:
                        await asyncio.sleep(0.05)
            except TimeoutError:
                self.broken.append("no orders were accepted while the broker was away")
            self.orders_in_outages += len(self._orders.accepted) - before
        finally:
            await asyncio.to_thread(self._stack.broker.start)
