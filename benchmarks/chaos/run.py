"""One run: start, load, listen, break, wait for the end of all jobs, judge."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.audit import Event, Records, audit, read_provider
from benchmarks.chaos.faults import Faults
from benchmarks.chaos.listener import Account, Listener, position
from benchmarks.chaos.listener_group import ListenerGroup
from benchmarks.chaos.orders import Orders
from benchmarks.chaos.quiescence import wait_until_quiet
from benchmarks.chaos.recovery import Recoveries
from benchmarks.chaos.report import Outcome
from benchmarks.chaos.rewinding import Rewinding
from benchmarks.chaos.schedule import deal
from benchmarks.chaos.stack import Stack, running_stack
from benchmarks.chaos.verdict import explain, judge

TICK = 1.0
LONGEST = 1.2
"""How much longer a run may take than it was asked to, until each fault came often enough."""


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` is how long faults happen; `rate` is in orders per second, over all teams.

    A run goes on until each fault was done `times` times, within LONGEST. With `only` there are
    those faults alone whose names contain it.
    """

    seconds: float = 60.0
    teams: int = 4
    listeners: int = 40
    rate: float = 6.0
    seed: int = 1
    nodes: int = 1
    times: int = 0
    only: str = ""


async def run(options: Options, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Do it all; `say` is told how it goes, the processes' logs are written to `folder`."""
    say("starting PostgreSQL's database, RabbitMQ and the processes")
    async with running_stack(folder, options.teams, options.nodes) as stack:
        listeners = ListenerGroup(stack, random.Random(f"{options.seed}/audience"))
        orders = Orders(
            stack.service_url,
            stack.members,
            options.rate,
            random.Random(f"{options.seed}/orders"),
            listeners.follow,
        )
        try:
            return await _run(options, stack, listeners, orders, say)
        finally:
            await orders.close()
            await listeners.leave()


async def _run(
    options: Options,
    stack: Stack,
    listeners: ListenerGroup,
    orders: Orders,
    say: Callable[[str], None],
) -> Outcome:
    dice = random.Random(f"{options.seed}/faults")
    rewinding = Rewinding(stack.engine, stack.rewound, dice)
    faults = Faults(stack, orders, rewinding, dice, options.only)
    listeners.start(options.listeners)
    rewinding.listeners += listeners.start_beside(stack.rewound)
    async with asyncio.timeout(30):
        await listeners.ready()
    over = asyncio.Event()
    ordering = asyncio.create_task(orders.run())
    recoveries = Recoveries(
        {
            "orders": lambda: len(orders.accepted),
            "jobs": lambda: listeners.endings,
            "streams": lambda: listeners.told,
        }
    )
    breaking = asyncio.create_task(deal(faults, recoveries, options.seed, over))
    began = time.monotonic()
    while not breaking.done():
        passed = time.monotonic() - began
        enough = not faults.done_less_than(options.times)
        if passed >= options.seconds * (1.0 if enough else LONGEST):
            break
        say(
            f"{passed:3.0f} s: {len(orders.accepted)} orders, {listeners.told} deliveries, "
            f"{listeners.reconnects} reconnects, {faults.counts.total()} faults"
        )
        await asyncio.sleep(TICK)
    over.set()
    await breaking
    await recoveries.finish()
    ordering.cancel()
    records, late = await wait_until_quiet(
        stack, orders, listeners, rewinding, lambda text: say(f"settling: {text}")
    )
    outcome = Outcome(options.seed, options.seconds)
    _count(outcome, records, orders, listeners, faults)
    provider = await read_provider(stack.simulator_url)
    outcome.environments = len(provider["environments"])
    outcome.recoveries = recoveries.by_fault
    outcome.broken = [*faults.broken, *recoveries.broken, *stack.crashes, *late]
    if rare := faults.done_less_than(options.times):
        outcome.broken.append(f"faults came less than {options.times} times: {', '.join(rare)}")
    outcome.broken += await rewinding.judge()
    outcome.broken += audit(records, {o.job_id: o.shortdomain for o in orders.accepted}, provider)
    outcome.broken += [f"a listener gave up: {error!r}" for error in listeners.failures()]
    if orders.refused:
        outcome.broken.append(f"orders were refused: {dict(orders.refused)}")
    if outcome.refused:
        outcome.broken.append(f"streams were refused for good: {dict(outcome.refused)}")
    _judge(outcome, records, listeners)
    return outcome


def _count(
    outcome: Outcome, records: Records, orders: Orders, listeners: ListenerGroup, faults: Faults
) -> None:
    outcome.events = sum(map(len, records.logs.values()))
    outcome.orders = len(orders.accepted)
    outcome.orders_sent_again = orders.sent_again
    outcome.orders_in_outages = faults.orders_in_outages
    outcome.listeners = len(listeners.everybody)
    outcome.reconnects = listeners.reconnects
    outcome.faults = faults.counts
    outcome.jobs = Counter(job.status for job in records.jobs.values())
    for _, listener in listeners.everybody:
        outcome.refused += listener.account.refused
        outcome.gaps += len(listener.account.gaps)
        outcome.drains += listener.account.drains


def _judge(outcome: Outcome, records: Records, listeners: ListenerGroup) -> None:
    """Compare each listener with the log; the first that disagrees is explained."""
    explained = False
    for member, listener in listeners.everybody:
        log = due(listener, records.logs[member.team_id])
        verdict = judge(listener.account, [e.id for e in log], {e.id: e.body for e in log})
        outcome.verdict += verdict
        if not verdict.holds and not explained:
            explained = True
            told = explain(listener.account, [event.id for event in log])
            outcome.broken.append(f"P3: {listener.name} ({verdict}): {told}")


def due(listener: Listener, log: list[Event]) -> list[Event]:
    """Return what of its team's log a listener had to be told."""
    account: Account = listener.account
    if account.first_position is None:
        return []
    first = position(account.first_position)
    return [
        event
        for event in log
        if position(event.id) > first
        and (listener.job_id is None or event.job_id == listener.job_id)
    ]
