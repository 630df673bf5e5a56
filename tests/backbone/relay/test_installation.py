"""Which partitions nobody publishes, as readiness tells it, and how often is looked."""

from types import SimpleNamespace

import pytest

from backbone import leases
from backbone.database.engine import transaction
from backbone.relay import installation as looked_at
from backbone.relay.installation import Installation
from generated.messaging.topology import DEFAULT_TOPOLOGY


async def no_broker(*_: object) -> None: ...


async def hold(engine, *names: str) -> None:
    async with transaction(engine) as conn:
        for name in names:
            await leases.acquire(conn, name, "somebody", 60)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ((), "no relay publishes; look at the logs of all relays"),
        (
            ("relay", "relay-0-of-4", "relay-2-of-4"),
            "no relay publishes partition 1, 3 of 4; look at the logs of all relays",
        ),
        (("relay", "relay-0-of-4", "relay-1-of-4", "relay-2-of-4", "relay-3-of-4"), None),
        (("relay",), None),
        (("relay", "relay-0-of-2", "relay-1-of-2"), None),
    ],
)
async def test_readiness_names_the_partitions_that_no_relay_publishes(
    engine, monkeypatch, held, told
):
    """Relays with another number of partitions, or without any, may have the whole."""
    monkeypatch.setattr(looked_at, "queue_states", no_broker)
    await hold(engine, *held)
    installation = Installation(engine, "amqp://nowhere", DEFAULT_TOPOLOGY, partitions=4)
    installation.show(await installation.look())
    found = {check.name: check.detail for check in installation.checks()}
    assert found.get("relay-leader") == told


@pytest.mark.parametrize(
    ("slow", "pause"), [("queue_states", looked_at.INTERVAL_SECONDS), ("count_backlog", 495.0)]
)
async def test_only_what_counting_takes_makes_looks_rare(engine, monkeypatch, slow, pause):
    """A broker that hangs until its time is over is asked again soon."""
    now, pauses = [0.0], []

    async def takes_five_seconds(*_):
        now[0] += 5.0
        return (0, []) if slow == "count_backlog" else None

    async def sleep(seconds):
        pauses.append(seconds)
        raise InterruptedError

    monkeypatch.setattr(looked_at, "queue_states", no_broker)
    monkeypatch.setattr(looked_at, slow, takes_five_seconds)
    monkeypatch.setattr(looked_at, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(looked_at, "asyncio", SimpleNamespace(sleep=sleep))
    with pytest.raises(InterruptedError):
        await Installation(engine, "amqp://nowhere", DEFAULT_TOPOLOGY).run()
    assert pauses == [pytest.approx(pause)]
