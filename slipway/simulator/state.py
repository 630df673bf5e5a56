"""All that a simulator knows: environments, sessions, what was called, and what is held back."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import structlog
from pydantic import BaseModel

from slipway.simulator.config import SimulatorConfig
from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.script import ScriptBook

log = structlog.get_logger(__name__)


class _Saved(BaseModel):
    environments: list[SimulatedEnvironment] = []
    sessions: list[str] = []


class StateFileError(RuntimeError):
    """The state file is malformed; the text names it and the mend."""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


class SimulatorState:
    """One event loop only: every change is made between two awaits, so none is half seen.

    `environments` holds the living by name; `created` every environment ever created, in order.
    """

    def __init__(self, config: SimulatorConfig, clock: Callable[[], float]) -> None:
        self.config = config
        self.now = clock
        self.scripts = ScriptBook(config.scripts)
        self.created: list[SimulatedEnvironment] = []
        self.environments: dict[str, SimulatedEnvironment] = {}
        self.calls: Counter[str] = Counter()
        self.calls_by_env: dict[str, Counter[str]] = defaultdict(Counter)
        self.held: list[tuple[str, str]] = []
        self.held_changed = asyncio.Condition()
        self.closing = asyncio.Event()
        self._sessions: set[str] = set()
        self._load()

    def count(self, method: str, env: str) -> None:
        """Remember that a call arrived."""
        self.calls[method] += 1
        if env:
            self.calls_by_env[env][method] += 1

    def add(self, environment: SimulatedEnvironment) -> None:
        """Make a new environment; its name must be free."""
        self.created.append(environment)
        self.environments[environment.name] = environment
        self.save()

    def remove(self, environment: SimulatedEnvironment) -> None:
        """Delete an environment; `created` still tells of it."""
        environment.deleted_at = self.now()
        del self.environments[environment.name]
        self.save()

    def open_session(self) -> str:
        """Return a new session key: 40 digits, as the platform's."""
        key = secrets.token_hex(20)
        self._sessions.add(key)
        self.save()
        return key

    def knows_session(self, key: str) -> bool:
        """Return whether calls with this key are allowed."""
        return key in self._sessions or key in self.config.tokens

    def close_sessions(self, *keys: str) -> int:
        """Forget these keys, or all when none is given; return how many it knew."""
        gone = self._sessions & set(keys) if keys else set(self._sessions)
        self._sessions -= gone
        self.save()
        return len(gone)

    async def hold(self, method: str, env: str) -> bool:
        """Keep the caller until `release`, in `held` until then. False: give the call up."""
        released = self._released
        self.held.append((method, env))
        try:
            await self._tell_held()
            return await asyncio.shield(released)
        finally:
            self.held.remove((method, env))
            await self._tell_held()

    def release(self, *, go_on: bool = True) -> int:
        """Let all held calls go on, or break off; return how many."""
        count = len(self.held)
        if count:
            self._released.set_result(go_on)
            del self._released
        return count

    def close(self) -> None:
        """End all calls that hang or are held, so that a server can stop."""
        self.closing.set()
        self.release(go_on=False)

    def reset(self) -> None:
        """Forget environments, counts and added scripts, break off held calls; keep sessions."""
        self.release(go_on=False)
        self.created.clear()
        self.environments.clear()
        self.calls.clear()
        self.calls_by_env.clear()
        self.scripts.clear()
        self.save()

    def save(self) -> None:
        """Write the state file, if there is one: whole or not at all.

        What a full disk does not take is kept in memory, and written with the next change.
        """
        if (path := self.config.state_path) is None:
            return
        saved = _Saved(environments=self.created, sessions=sorted(self._sessions))
        fresh = path.with_suffix(path.suffix + ".new")
        # The keys are good for this simulator only, yet nobody else needs to read them.
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(saved.model_dump_json(), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            log.error("simulator_state_not_saved", path=str(path), error=error.strerror)  # noqa: TRY400 - a traceback says nothing more

    @cached_property
    def _released(self) -> asyncio.Future[bool]:
        return asyncio.get_running_loop().create_future()

    async def _tell_held(self) -> None:
        async with self.held_changed:
            self.held_changed.notify_all()

    def _load(self) -> None:
        path: Path | None = self.config.state_path
        if path is None or not path.exists():
            return
        try:
            saved = _Saved.model_validate_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise StateFileError(
                f"cannot read the simulator's environments from {path} ({_first_line(error)}); "
                "correct the file, or move it away to begin with none"
            ) from error
        self.created = saved.environments
        self.environments = {e.name: e for e in saved.environments if e.deleted_at is None}
        self._sessions = set(saved.sessions)
