"""The simulator as an ASGI application: the platform's API, and the API that controls it."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from slipway.simulator.config import SimulatorConfig
from slipway.simulator.control_api import ControlApi
from slipway.simulator.platform_api import PlatformApi
from slipway.simulator.state import SimulatorState


def create_simulator(
    config: SimulatorConfig | None = None,
    *,
    clock: Callable[[], float] = time.time,
    control: bool = True,
) -> Starlette:
    """Return a simulator with its own state, which tests reach as `app.state.simulator`.

    `clock` tells epoch seconds. `control` serves the API that scripts it, which asks nobody who he
    is. Scripted calls hang as long as their clients want, so call
    `app.state.simulator.close()` before the server waits for its calls to end.
    """
    state = SimulatorState(config or SimulatorConfig(), clock)
    app = Starlette(
        routes=[
            *([Mount("/simulator", routes=ControlApi(state).routes())] if control else []),
            Route("/1.0/{path:path}", PlatformApi(state), methods=["GET", "POST"]),
        ]
    )
    app.router.redirect_slashes = False
    app.state.simulator = state
    return app
