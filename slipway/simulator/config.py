"""The settings of a simulator, passed in by whoever starts it; it reads none by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from slipway.simulator.demo_names import DEMO_SCRIPTS
from slipway.simulator.script import Script
from slipway.simulator.status_plan import DEFAULT, Plan


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """`tokens` are session keys that never expire, as the platform's personal access tokens.

    `latency` is in seconds and lies between the work and the answer of every call. `state_path`
    names a JSON file that keeps environments and sessions over restarts; None keeps them in memory.
    """

    login: str = "demo@slipway.test"
    password: str = field(default="demo", repr=False)
    tokens: frozenset[str] = field(default=frozenset(), repr=False)
    host: str = "simulator.slipway.test"
    region: str = "default_hn_group"
    latency: float = 0.0
    plan: Plan = DEFAULT
    scripts: tuple[Script, ...] = DEMO_SCRIPTS
    max_environments: int | None = None
    state_path: Path | None = None
