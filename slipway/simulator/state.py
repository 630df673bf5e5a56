"""All that a simulator knows: environments, sessions, what was called, and what is held back."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property

from slipway.simulator.config import SimulatorConfig
from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.script import ScriptBook
from slipway.simulator.state_file import Change, StateFile


class SimulatorState:
    """One event loop only: every change is made between two awaits, so none is half seen.

    `environments` holds the living by name; `created` every environment ever created, in order.
    """

    def __init__(self, config: SimulatorConfig, clock: Callable[[], float]) -> None:
        self.config = config
        self.now = clock
        self.scripts = ScriptBook(config.scripts)
        self.calls: Counter[str] = Counter()
        self.calls_by_env: dict[str, Counter[str]] = defaultdict(Counter)
        self.held: list[tuple[str, str]] = []
        self.held_changed = asyncio.Condition()
        self.closing = asyncio.Event()
        self._file = StateFile(config.state_path)
        saved = self._file.load()
        self.created = saved.environments
        self.environments = {e.name: e for e in saved.environments if e.deleted_at is None}
        self._sessions = set(saved.sessions)

    def count(self, method: str, env: str) -> None:
        """Remember that a call arrived."""
        self.calls[method] += 1
        if env:
            self.calls_by_env[env][method] += 1

    def add(self, environment: SimulatedEnvironment) -> None:
        """Make a new environment; its name must be free."""
        self.created.append(environment)
        self.environments[environment.name] = environment
        self.save(environment)

    def remove(self, environment: SimulatedEnvironment) -> None:
        """Delete an environment; `created` still tells of it."""
        environment.deleted_at = self.now()
        del self.environments[environment.name]
        self.save(environment)

    def open_session(self) -> str:
        """Return a new session key: 40 digits, as the platform's."""
        key = secrets.token_hex(20)
        self._sessions.add(key)
        self._file.add(Change(sessions=[key]))
        return key

    def knows_session(self, key: str) -> bool:
        """Return whether calls with this key are allowed."""
        return key in self._sessions or key in self.config.tokens

    def close_sessions(self, *keys: str) -> int:
        """Forget these keys, or all when none is given; return how many it knew."""
        gone = self._sessions & set(keys) if keys else set(self._sessions)
        self._sessions -= gone
        self._file.add(Change(closed=sorted(gone)))
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
        self._file.clear()

    def save(self, environment: SimulatedEnvironment) -> None:
        """Keep what became of an environment in the state file, if there is one."""
        self._file.add(Change(environments=[environment]))

    @cached_property
    def _released(self) -> asyncio.Future[bool]:
        return asyncio.get_running_loop().create_future()

    async def _tell_held(self) -> None:
        async with self.held_changed:
            self.held_changed.notify_all()
