"""A stand-in for the hosting provider: the Virtuozzo Application Platform API, scriptable."""

from slipway.simulator.app import create_simulator
from slipway.simulator.config import SimulatorConfig
from slipway.simulator.script import Do, Script
from slipway.simulator.state import SimulatorState
from slipway.simulator.state_file import StateFileError
from slipway.simulator.status_plan import INSTANT, Plan, Step
from slipway.simulator.transport import SimulatorTransport

__all__ = [
    "INSTANT",
    "Do",
    "Plan",
    "Script",
    "SimulatorConfig",
    "SimulatorState",
    "SimulatorTransport",
    "StateFileError",
    "Step",
    "create_simulator",
]
