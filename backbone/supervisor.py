"""Keeps the long-lived parts of a process going: logs what ends one, waits, and starts it again.

A part that is down is named for readiness; one that a new process might cure, for liveness, too.
Refuses to end a process: whoever watches it decides that by what is named here.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import structlog

from backbone.errors import SlipwayError
from generated.models.health import Check, CheckStatus

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds before the first repetition, and before any; each pause is twice the one before."""

STEADY_SECONDS: Final = 10.0
"""A part that ran for so long, or that said `progress`, has recovered."""

HOPELESS_FAILURES: Final = 5
HOPELESS_SECONDS: Final = 60.0
"""A part that failed at least so often in a row, for so long, will hardly recover by itself."""

STOP_SECONDS: Final = 10.0
"""How long a part may take to end when it is told to."""

Part = Callable[[], Coroutine[Any, Any, None]]
"""Makes the coroutine of an endless task, anew for each start."""

log = structlog.get_logger(__name__)


class PartEnded(SlipwayError):  # noqa: N818 - it tells what happened
    """A part that should run until it is cancelled ended by itself."""


class PartSilent(SlipwayError):  # noqa: N818 - it tells what happened
    """A part made no progress for longer than it may."""


@dataclass(frozen=True, slots=True)
class PartFailure:
    """A part that is down. `error` is the name of an error's class, `seconds` since when.

    `hopeless`: it fails again and again by no fault of another system.
    """

    part: str
    error: str
    seconds: float
    hopeless: bool


@dataclass(eq=False, slots=True)
class _State:
    name: str
    part: Part
    silence: float | None
    failures: int = 0
    unexpected: int = 0
    error: str = ""
    failing_since: float = 0.0
    began: float | None = None
    limit: asyncio.Timeout | None = None

    def recovered(self) -> None:
        self.failures = self.unexpected = 0

    def failed(self, error: BaseException, now: float) -> None:
        if self.failures == 0:
            self.failing_since = now
        self.failures += 1
        expected = isinstance(error, SlipwayError | OSError) and not isinstance(error, PartSilent)
        self.unexpected = 0 if expected else self.unexpected + 1
        self.error = type(error).__name__


_running: ContextVar[_State | None] = ContextVar("running_part", default=None)


def progress() -> None:
    """Say from within a part that it does its work; without a supervisor this does nothing."""
    state = _running.get()
    if state is None:
        return
    if state.failures:
        log.info("part_recovered", part=state.name, failures=state.failures)
        state.recovered()
    if state.limit is not None and state.silence is not None:
        state.limit.reschedule(asyncio.get_running_loop().time() + state.silence)


class Supervisor:
    """Runs parts while its block runs, each in a task of its own, and starts again what ended.

    Pauses between two starts grow from FIRST_PAUSE to LONGEST_PAUSE seconds, with jitter. At the
    end of the block parts are cancelled, and left after STOP_SECONDS if they don't end.
    """

    def __init__(self, parts: Mapping[str, Part] | None = None) -> None:
        self._states: dict[str, _State] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._started = False
        for name, part in (parts or {}).items():
            self.add(name, part)

    def add(self, name: str, part: Part, *, silence: float | None = None) -> None:
        """Take on a part; it starts with the block, or at once within it.

        A part that does not call `progress` for `silence` seconds is cancelled and started again.
        """
        if name in self._states:
            raise ValueError(f"there is a part {name} already")
        self._states[name] = _State(name, part, silence)
        if self._started:
            self._start(name)

    async def __aenter__(self) -> Self:
        self._started = True
        for name in self._states:
            self._start(name)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._started = False
        tasks, self._tasks = self._tasks, {}
        for task in tasks.values():
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks.values(), timeout=STOP_SECONDS)
            if left:
                log.error("parts_did_not_end", parts=sorted(task.get_name() for task in left))

    @property
    def troubles(self) -> list[PartFailure]:
        """The parts that are down, or have not recovered yet."""
        now = asyncio.get_running_loop().time()
        found = []
        for state in self._states.values():
            if not state.failures or (
                state.began is not None and now - state.began >= STEADY_SECONDS
            ):
                continue
            seconds = now - state.failing_since
            hopeless = state.unexpected >= HOPELESS_FAILURES and seconds >= HOPELESS_SECONDS
            found.append(PartFailure(state.name, state.error, seconds, hopeless))
        return found

    def readiness(self) -> list[Check]:
        """Name each part that is down, as failed checks; none when all run."""
        return [_check(trouble) for trouble in self.troubles]

    def liveness(self) -> list[Check]:
        """Name each part that will hardly recover in this process, as failed checks."""
        return [_check(trouble) for trouble in self.troubles if trouble.hopeless]

    def _start(self, name: str) -> None:
        # The state's task is the supervisor's own, so a part that cancels itself can't end it.
        self._tasks[name] = asyncio.create_task(self._supervise(self._states[name]), name=name)

    async def _supervise(self, state: _State) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            state.began = clock()
            error = await _outcome(state)
            if clock() - state.began >= STEADY_SECONDS:
                state.recovered()
            state.began = None
            news = state.failures == 0 or state.error != type(error).__name__
            state.failed(error, clock())
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.failures - 1, 16))
            pause *= random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
            _report(state, error, pause, news=news)
            await asyncio.sleep(pause)


async def _outcome(state: _State) -> BaseException:
    """Run a part once and return what ended it; raises only when the supervisor is cancelled."""
    token = _running.set(state)
    try:
        async with asyncio.timeout(state.silence) as limit:
            state.limit = limit
            await state.part()
    except TimeoutError as error:
        return PartSilent(f"no progress for {state.silence:g} s") if limit.expired() else error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return error  # the part's own, from something that it waited for
    except Exception as error:  # noqa: BLE001 - it is told, and the part goes on
        return error
    finally:
        state.limit = None
        _running.reset(token)
    return PartEnded("it ended by itself")


def _report(state: _State, error: BaseException, pause: float, *, news: bool) -> None:
    again = round(pause, 2)
    told = {"part": state.name, "failures": state.failures, "again_after": again}
    if isinstance(error, SlipwayError | OSError):
        log.warning("part_failed", error=f"{type(error).__name__}: {error}", **told)
    else:
        # The same traceback again and again would only fill the disk.
        trace = error if news else None
        log.error("part_failed", error=type(error).__name__, exc_info=trace, **told)


def _check(trouble: PartFailure) -> Check:
    detail = f"ended by {trouble.error}; tried again and again for {trouble.seconds:.0f} s"
    return Check(name=trouble.part, status=CheckStatus.failed, detail=detail)
