"""What the browsers got is the log: the real hub and stream code under every mishap we can think of.

The oracle knows every event ever written. A browser's cursor may only move to the next event of
its audience in the same epoch, or to where a `sync fresh`, a `reset` or a `lagged` says it stands.
"""

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backbone.errors import DatabaseUnavailable
from gateway.incoming.follower import Follower
from gateway.outgoing.entry import JOB_STATUS, TEAM_STATUS_CHANGED, Entry
from testing.virtual_time import VirtualTimeLoop
from tests.gateway.event_source import EventSource, MemorySink
from tests.gateway.memory_log import MemoryLog, Written
from tests.gateway.world import World

CONCURRENT_LOGIN = "concurrent_login_requested"
TEAMS, USERS, JOBS = (7, 8), (3, 4), (1, 2)


@dataclass(repr=False, eq=False)
class Browser:
    """A tab with an EventSource; it reconnects with what it last saw."""

    team_id: int
    user_id: int
    job_id: int | None
    source: EventSource = field(default_factory=EventSource)
    sink: MemorySink | None = None
    checked: int = 0
    stands: tuple[str, int] | None = None  # epoch and position up to which it knows everything
    unnumbered: set[int] = field(default_factory=set)
    over: bool = False
    bereft: bool = False  # it was told of events that the log has lost, and has to be told so

    @property
    def connected(self) -> bool:
        return self.sink is not None and not self.sink.lost

    def concerned(self, event: Written) -> bool:
        if event.team_id != self.team_id:
            return False
        if event.kind == JOB_STATUS:
            return self.job_id in (None, event.job_id)
        return event.kind == TEAM_STATUS_CHANGED or event.user_id == self.user_id


class Delivery(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        self.loop = self.runner.get_loop()
        self.log = MemoryLog(turns=3)
        self.epochs = 1
        self.unnumbered = 0
        self.recovery = 0
        self.written: dict[tuple[int, str, int], Written] = {}
        self.former: list[Written] = []  # of logs that lost them
        self.held: list[Written] = []
        self.browsers: list[Browser] = []
        self.start_gateway()

    # The machinery

    def run_for(self, seconds: float) -> None:
        self.runner.run(asyncio.sleep(seconds))

    def turn(self, count: int) -> None:
        async def turns() -> None:
            for _ in range(count):
                await asyncio.sleep(0)

        self.runner.run(turns())

    def start_gateway(self) -> None:
        async def start() -> World:
            return World(
                self.log, queue_size=3, join=2, page=3, ahead=3, refill=15, send_timeout=20.0
            )

        self.world = self.runner.run(start())

    def teardown(self) -> None:
        """All faults end; then every browser must have got everything."""
        try:
            self.everybody_gets_everything()
        finally:
            self.runner.run(self.world.hub.close())
            self.runner.close()

    def everybody_gets_everything(self) -> None:
        self.recovery = 0
        self.log.down = False
        self.held.clear()  # whatever was not pushed never will be
        self.wait_until_quiet()
        for browser in tuple(self.browsers):
            if browser.over:
                continue
            if not browser.connected or browser.sink is None or browser.sink.finished:
                self.reconnect(browser)
            elif not browser.sink.reading:
                self.go_on(browser)
        self.wait_until_quiet()
        self.nobody_was_told_wrong()
        for browser in self.browsers:
            self.has_everything(browser)

    def __repr__(self) -> str:
        return "Delivery()"

    def wait_until_quiet(self) -> None:
        self.run_for(5.0)
        self.sweep()
        self.run_for(5.0)

    def has_everything(self, browser: Browser) -> None:
        if browser.over:
            return
        log = self.log.team(browser.team_id)
        assert not browser.bereft, "never told that history was lost"
        assert browser.stands is not None
        assert browser.stands[0] == log.epoch
        missing = [
            event.position
            for event in log.events
            if event.position > browser.stands[1] and browser.concerned(event)
        ]
        assert missing == [], f"never told: {missing}"

    # Events

    @rule(
        team=st.sampled_from(TEAMS),
        kind=st.sampled_from([JOB_STATUS] * 6 + [CONCURRENT_LOGIN, TEAM_STATUS_CHANGED]),
        job=st.sampled_from(JOBS),
        user=st.sampled_from(USERS),
        fate=st.sampled_from(["pushed"] * 4 + ["doubled", "held", "held", "lost"]),
        count=st.integers(1, 6),
    )
    def publish(self, *, team: int, kind: str, job: int, user: int, fate: str, count: int) -> None:
        for _ in range(count):
            status = "ACTIVE" if kind == TEAM_STATUS_CHANGED else "polling"
            event = self.log.append(team, kind=kind, job_id=job, user_id=user, status=status)
            self.written[event.team_id, event.epoch, event.position] = event
            if fate == "held":
                self.held.append(event)
            elif fate != "lost":
                self.push(event)
            if fate == "doubled":
                self.push(event)

    def push(self, event: Written) -> None:
        async def bring() -> None:
            self.world.push(event)

        self.runner.run(bring())

    @rule(
        team=st.sampled_from(TEAMS),
        job=st.sampled_from(JOBS),
        fates=st.lists(st.sampled_from(["pushed", "held", "lost"]), max_size=12),
        between=st.integers(0, 3),
    )
    def a_burst_is_published(self, team: int, job: int, fates: list[str], between: int) -> None:
        for fate in fates:
            self.publish(team=team, kind=JOB_STATUS, job=job, user=3, fate=fate, count=1)
            self.turn(between)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), keep=st.booleans())
    def a_held_event_arrives(self, data: st.DataObject, keep: bool) -> None:
        index = data.draw(st.integers(0, len(self.held) - 1))
        self.push(self.held[index] if keep else self.held.pop(index))

    @rule(team=st.sampled_from(TEAMS))
    def another_program_publishes(self, team: int) -> None:
        self.unnumbered += 1
        body = json.dumps({"unnumbered": self.unnumbered}).encode()

        async def bring() -> None:
            entry = Entry(JOB_STATUS, body, None, job_id=1)
            self.world.offer(team, entry)

        self.runner.run(bring())

    # What rarely happens is one rule, so that most steps are ordinary life

    @rule(
        kind=st.sampled_from(["trim", "trim", "restore", "lose", "database", "restart", "restart"]),
        team=st.sampled_from(TEAMS),
        share=st.floats(0, 1),
        orderly=st.booleans(),
        number=st.integers(0, 500),
    )
    def a_mishap(self, kind: str, team: int, share: float, orderly: bool, number: int) -> None:
        if kind == "trim":
            self.trim(team, share)
        elif kind == "restore":
            self.restore_from_backup(team, share)
        elif kind == "lose":
            self.failover_loses_commits(team, share, orderly)
        elif kind == "database":
            self.database_is_down_for(number % 20)
        else:
            self.the_gateway_restarts(orderly, number)

    def trim(self, team: int, share: float) -> None:
        self.log.trim(team, int(self.log.team(team).last * share))

    def restore_from_backup(self, team: int, share: float) -> None:
        self.epochs += 1
        epoch = f"e{self.epochs}"
        self.log.restore(team, int(self.log.team(team).last * share), epoch)
        for event in self.log.team(team).events:
            self.written[team, epoch, event.position] = event

    def failover_loses_commits(self, team: int, share: float, found: bool) -> None:
        """The log is shorter, and of the same epoch: found by comparing, or by what is pushed."""
        last = self.log.team(team).last
        keep = max(int(last * share), last - 3)
        self.former += [event for event in self.log.team(team).events if event.position > keep]
        self.log.lose(team, keep)
        self.held = [event for event in self.held if event.team_id != team]
        if keep == last:
            return
        listened = self.world.hub.teams.get(team)
        for browser in tuple(self.browsers):
            if browser.team_id != team:
                continue
            browser.bereft = listened is not None and listened.position > keep
            if not browser.connected or browser.sink is None or browser.sink.finished:
                self.leaves_for_good(browser)
        remembered = listened is not None and listened.tail.at(keep + 1) is not None
        if found or self.log.down or not remembered:
            self.log.down, self.recovery = False, 0
            self.sweep()
            self.run_for(5.0)
        else:
            self.publish(team=team, kind=JOB_STATUS, job=1, user=3, fate="pushed", count=1)

    def database_is_down_for(self, turns: int) -> None:
        """Briefly for what runs in the loop's turns, longer when nothing else happens."""
        self.log.down = True
        self.turn(turns)
        self.recovery = turns % 3
        self.log.down = self.recovery > 0

    @invariant()
    def the_database_recovers(self) -> None:
        self.recovery -= 1
        self.log.down = self.recovery > 0

    # Browsers

    @initialize()
    def some_browsers_are_there(self) -> None:
        self.a_browser_comes(7, 3, None)
        self.a_browser_comes(7, 4, 1)

    @precondition(lambda self: len(self.browsers) < 6)
    @rule(
        team=st.sampled_from(TEAMS),
        user=st.sampled_from(USERS),
        job=st.sampled_from([None, None, *JOBS]),
    )
    def a_browser_comes(self, team: int, user: int, job: int | None) -> None:
        browser = Browser(team, user, job)
        self.browsers.append(browser)
        self.reconnect(browser)

    def reconnect(self, browser: Browser) -> None:
        if browser.connected and browser.sink is not None:
            self.lose(browser, None)
            if browser not in self.browsers:
                return

        async def request() -> None:
            try:
                status, sink, body = await self.world.respond(
                    browser.source,
                    team_id=browser.team_id,
                    user_id=browser.user_id,
                    job_id=browser.job_id,
                )
            except DatabaseUnavailable:
                assert self.log.down  # only then may a request be refused
                return
            assert status == 200
            if body:
                browser.source.feed(body)
            else:
                browser.sink = sink

        self.runner.run(request())

    def lose(self, browser: Browser, arrived: int | None) -> None:
        async def break_off() -> None:
            assert browser.sink is not None
            browser.sink.lose(arrived)

        self.runner.run(break_off())
        if browser.bereft:
            self.leaves_for_good(browser)

    def leaves_for_good(self, browser: Browser) -> None:
        """What it would come back with may mean something else by then: see `slipway restored`."""
        self.browsers.remove(browser)

    def any_browser(self, data: st.DataObject) -> Browser:
        return data.draw(st.sampled_from(self.browsers))

    @precondition(lambda self: self.browsers)
    @rule(data=st.data(), arrived=st.integers(0, 2000))
    def a_connection_is_cut_after_some_bytes(self, data: st.DataObject, arrived: int) -> None:
        browser = self.any_browser(data)
        if browser.connected:
            self.lose(browser, arrived)

    @precondition(lambda self: self.browsers)
    @rule(data=st.data())
    def a_browser_reconnects(self, data: st.DataObject) -> None:
        self.reconnect(self.any_browser(data))

    @precondition(lambda self: self.browsers)
    @rule(
        data=st.data(),
        before=st.lists(st.sampled_from(["pushed", "pushed", "held", "lost"]), max_size=8),
        after=st.lists(st.sampled_from(["pushed", "pushed", "held", "lost"]), max_size=8),
        between=st.integers(0, 3),
    )
    def a_browser_comes_back_into_a_burst(
        self, data: st.DataObject, before: list[str], after: list[str], between: int
    ) -> None:
        browser = self.any_browser(data)
        if browser.connected:
            self.lose(browser, 0)
        if browser not in self.browsers:
            return
        job = browser.job_id or 1
        self.a_burst_is_published(browser.team_id, job, before, 0)
        self.reconnect(browser)
        self.a_burst_is_published(browser.team_id, job, after, between)

    @precondition(lambda self: self.browsers)
    @rule(data=st.data(), capacity=st.integers(0, 600))
    def a_browser_stops_reading(self, data: st.DataObject, capacity: int) -> None:
        browser = self.any_browser(data)
        if browser.connected and browser.sink is not None:
            browser.sink.stall(capacity)

    @precondition(lambda self: self.browsers)
    @rule(data=st.data(), size=st.integers(1, 500))
    def a_browser_reads_a_little(self, data: st.DataObject, size: int) -> None:
        browser = self.any_browser(data)
        if browser.connected and browser.sink is not None:
            browser.sink.read(size)

    @precondition(lambda self: self.browsers)
    @rule(data=st.data())
    def a_browser_reads_on(self, data: st.DataObject) -> None:
        browser = self.any_browser(data)
        if browser.connected:
            self.go_on(browser)

    def go_on(self, browser: Browser) -> None:
        async def go_on() -> None:
            assert browser.sink is not None
            browser.sink.go_on()

        self.runner.run(go_on())

    # The gateway and time

    @rule(count=st.integers(1, 8))
    def the_loop_turns(self, count: int) -> None:
        self.turn(count)

    @rule(seconds=st.integers(1, 30))
    def time_goes_by(self, seconds: int) -> None:
        async def live() -> None:
            for _ in range(seconds):
                await asyncio.sleep(1.0)
                self.world.hub.tick()
                for browser in tuple(self.browsers):
                    if browser.sink is not None and browser.sink.aborted:
                        browser.sink.lose(0)
                        if browser.bereft:
                            self.leaves_for_good(browser)

        self.runner.run(live())

    @rule()
    def sweep(self) -> None:
        async def compare() -> None:
            if not self.log.down:
                await Follower(
                    self.world.hub, pushed=lambda: True, on_silence=lambda: None
                ).catch_up()

        self.runner.run(compare())

    def the_gateway_restarts(self, orderly: bool, arrived: int) -> None:
        if orderly:
            drained = self.loop.create_task(self.world.hub.drain_all(2.0))
            self.turn(5)
            for browser in tuple(self.browsers):
                if browser.sink is not None and browser.sink.finished:
                    self.lose(browser, None if not browser.sink.reading else 1 << 20)
            self.runner.run(asyncio.wait_for(drained, 10))
        for browser in tuple(self.browsers):
            if browser.connected:
                self.lose(browser, arrived)
        self.runner.run(self.world.hub.close())
        self.held.clear()  # its queue is gone with it
        self.start_gateway()

    # The oracle

    @invariant()
    def nobody_was_told_wrong(self) -> None:
        for browser in self.browsers:
            frames = browser.source.dispatched
            for frame in frames[browser.checked :]:
                self.check(browser, frame)
            browser.checked = len(frames)

    def check(self, browser: Browser, frame) -> None:
        data = frame.json
        if frame.event == "sync":
            # A browser that has a cursor must be resumed from it, or be told.
            cursor = browser.source.last_event_id
            if data["status"] == "fresh":
                assert not frame.last_event_id
                browser.stands = self.parse(data["to"])
            elif data["status"] == "resumed":
                assert data["from"] == frame.last_event_id or cursor
                assert browser.stands is not None
                came = self.parse(data["from"])
                assert came[0] == browser.stands[0]
                self.nothing_between(browser, came)
                browser.stands = came
            else:
                browser.stands = None  # a reset frame must follow
        elif frame.event == "reset":
            browser.bereft = False
            browser.stands = self.parse(data["snapshot"]["last_event_id"])
        elif frame.event == "lagged":
            assert browser.stands is not None
            came, goes_on = self.parse(data["from"]), self.parse(data["to"])
            self.nothing_between(browser, came)
            assert goes_on[1] >= came[1]
            assert data["to"] == data["snapshot"]["last_event_id"]
            browser.stands = goes_on
        elif frame.event == "message":
            self.check_message(browser, frame, data)
        else:
            assert frame.event == "drain"

    def check_message(self, browser: Browser, frame, data) -> None:
        if "unnumbered" in data:
            assert data["unnumbered"] not in browser.unnumbered, "told twice"
            browser.unnumbered.add(data["unnumbered"])
            return
        epoch, position = self.parse(frame.last_event_id)
        event = self.written[browser.team_id, epoch, position]
        bodies = [json.loads(each.body) for each in (event, *self.former)]
        assert data in (bodies if browser.bereft else bodies[:1])
        assert browser.concerned(event), "told somebody else's event"
        assert browser.stands is not None, "an event before the reset"
        assert browser.stands[0] == epoch
        assert position > browser.stands[1], "told twice or out of order"
        self.nothing_between(browser, (epoch, position - 1))
        browser.stands = (epoch, position)

    def nothing_between(self, browser: Browser, place: tuple[str, int]) -> None:
        """No event of the browser's may lie between where it stands and `place`."""
        assert browser.stands is not None
        epoch, stands = browser.stands
        assert epoch == place[0]
        for position in range(stands + 1, place[1] + 1):
            event = self.written[browser.team_id, epoch, position]
            assert not browser.concerned(event), f"{epoch}.{position} is missing"

    @staticmethod
    def parse(text: str) -> tuple[str, int]:
        epoch, _, position = text.partition(".")
        return epoch, int(position)


TestDelivery = Delivery.TestCase
TestDelivery.pytestmark = [pytest.mark.timeout(900)]  # shrinking a failure takes its time
TestDelivery.settings = settings(
    max_examples=100,
    stateful_step_count=60,
    suppress_health_check=list(HealthCheck),
)
