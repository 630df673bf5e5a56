"""One environment as the simulator remembers it, with its place in its status plan."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from slipway.simulator.status_plan import Plan, Step


class SimulatedEnvironment(BaseModel):
    """`id` numbers environments from 1 and is never used again; times are epoch seconds."""

    id: int
    name: str
    app_id: str
    uid: int
    display_name: str
    region: str
    engine: str | None = None
    ssl: bool = False
    ha: bool = False
    groups: list[str] = []
    nodes: list[dict[str, Any]] = []
    created_at: float
    deleted_at: float | None = None
    plan: Plan
    step: int = 0
    step_since: float
    step_polls: int = 0
    polls: int = 0

    def status(self, now: float) -> int:
        """Return the status at `now`. Steps that are over by then are left behind."""
        while not self._last and self._step.is_over(self.step_polls, now - self.step_since):
            # A timed step ends when its time is over, not when somebody looks.
            self.step_since = (
                now if self._step.seconds is None else self.step_since + self._step.seconds
            )
            self.step += 1
            self.step_polls = 0
        return self._step.status

    def poll(self, now: float) -> int:
        """Return the status at `now`, counted as one answer that tells of it."""
        status = self.status(now)
        self.step_polls += 1
        self.polls += 1
        return status

    def follow(self, plan: Plan, now: float) -> None:
        """Begins another plan."""
        self.plan, self.step, self.step_since, self.step_polls = plan, 0, now, 0

    @property
    def _step(self) -> Step:
        return self.plan[self.step]

    @property
    def _last(self) -> bool:
        return self.step >= len(self.plan) - 1
