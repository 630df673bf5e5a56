"""Parts are kept going, and those that are down are named."""

import asyncio

import pytest
import structlog

from backbone.errors import DatabaseUnavailable
from backbone.supervisor import HOPELESS_SECONDS, STEADY_SECONDS, Supervisor, progress
from testing.virtual_time import virtual


class Scripted:
    """A part that ends as the test wrote down, and then runs for ever."""

    def __init__(self, *ends: BaseException | None, after: float = 0.0) -> None:
        self.ends = list(ends)
        self.after = after
        self.starts = 0
        self.cancelled = 0

    async def run(self) -> None:
        self.starts += 1
        try:
            await asyncio.sleep(self.after)
            if not self.ends:
                await asyncio.sleep(1e9)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if (end := self.ends.pop(0)) is not None:
            raise end


@virtual
async def test_a_part_that_fails_is_started_again_and_the_others_do_not_notice():
    failing, steady = Scripted(KeyError("x"), DatabaseUnavailable(), OSError("y")), Scripted()
    async with Supervisor({"failing": failing.run, "steady": steady.run}) as supervisor:
        await asyncio.sleep(60)
        assert failing.starts == 4
        assert steady.starts == 1
        assert supervisor.troubles == []
    assert failing.cancelled == steady.cancelled == 1


@pytest.mark.parametrize("end", [None, asyncio.CancelledError("a future's"), TimeoutError()])
@virtual
async def test_a_part_that_ends_without_an_error_of_its_own_is_started_again(end):
    part = Scripted(end)
    async with Supervisor({"part": part.run}):
        await asyncio.sleep(60)
        assert part.starts == 2


@virtual
async def test_a_part_that_is_down_fails_readiness_by_name_until_it_has_recovered():
    part = Scripted(KeyError("secret"))
    async with Supervisor({"reaper": part.run}) as supervisor:
        assert supervisor.readiness() == []
        await asyncio.sleep(0.01)
        (check,) = supervisor.readiness()
        assert (check.name, check.status.value) == ("reaper", "failed")
        assert "KeyError" in check.detail
        assert "secret" not in check.detail
        await asyncio.sleep(STEADY_SECONDS / 2)
        assert supervisor.readiness(), "it runs again, but not for long"
        await asyncio.sleep(STEADY_SECONDS)
        assert supervisor.readiness() == []
        assert supervisor.liveness() == []


@virtual
async def test_progress_is_recovery():
    fails = [True]

    async def part() -> None:
        if fails:
            fails.clear()
            raise KeyError
        await asyncio.sleep(1)
        progress()
        await asyncio.sleep(1e9)

    async with Supervisor({"part": part}) as supervisor:
        await asyncio.sleep(0.5)
        assert supervisor.readiness()
        await asyncio.sleep(1)
        assert supervisor.readiness() == []


@virtual
async def test_pauses_grow_to_a_bound():
    part = Scripted(*[KeyError()] * 1000)
    async with Supervisor({"part": part.run}):
        await asyncio.sleep(600)
        assert 100 < part.starts < 260


@virtual
async def test_what_fails_for_long_by_its_own_fault_fails_liveness():
    ours, theirs = Scripted(*[KeyError()] * 1000), Scripted(*[DatabaseUnavailable()] * 1000)
    async with Supervisor({"ours": ours.run, "theirs": theirs.run}) as supervisor:
        await asyncio.sleep(HOPELESS_SECONDS / 2)
        assert supervisor.liveness() == []
        await asyncio.sleep(HOPELESS_SECONDS)
        assert [check.name for check in supervisor.liveness()] == ["ours"]
        assert [check.name for check in supervisor.readiness()] == ["ours", "theirs"]


@virtual
async def test_a_part_that_makes_no_progress_is_started_again():
    starts = []

    async def part() -> None:
        starts.append(asyncio.get_running_loop().time())
        for _ in range(5):
            await asyncio.sleep(3)
            progress()
        await asyncio.sleep(1e9)

    supervisor = Supervisor()
    supervisor.add("part", part, silence=4)
    async with supervisor:
        await asyncio.sleep(15 + 3.9)
        assert len(starts) == 1
        await asyncio.sleep(1)
        assert len(starts) == 2
        assert supervisor.readiness()[0].detail.startswith("ended by PartSilent")


@virtual
async def test_a_part_may_join_later_but_no_two_have_one_name():
    part = Scripted()
    async with Supervisor() as supervisor:
        supervisor.add("late", part.run)
        await asyncio.sleep(0)
        assert part.starts == 1
        with pytest.raises(ValueError, match="late"):
            supervisor.add("late", part.run)


@virtual
async def test_a_part_that_does_not_end_is_left():
    leave = asyncio.Event()

    async def stubborn() -> None:
        while not leave.is_set():
            try:
                await asyncio.sleep(1e9)
            except asyncio.CancelledError:
                await leave.wait()
                raise

    with structlog.testing.capture_logs() as logs:
        async with Supervisor({"stubborn": stubborn}):
            await asyncio.sleep(1)
    assert [log["parts"] for log in logs] == [["stubborn"]]
    leave.set()
    await asyncio.sleep(1)


@virtual
async def test_our_faults_are_logged_with_their_traceback_others_in_one_line():
    part = Scripted(KeyError("ours"), KeyError("again"), DatabaseUnavailable())
    with structlog.testing.capture_logs() as logs:
        async with Supervisor({"part": part.run}):
            await asyncio.sleep(5)
    assert [(log["log_level"], bool(log.get("exc_info"))) for log in logs] == [
        ("error", True),
        ("error", False),
        ("warning", False),
    ]
