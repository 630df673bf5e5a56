"""A provider where many environments are in creation already. Arguments: port, key, count.

Environment `n` (from 1) carries the tag of job `n`. `GET /calls` tells how often it was called.
`POST /begin?at=…&step=…` has environment `n` run from `at` + n * `step` (epoch seconds) on. What is
created later takes TAKES seconds; a name that begins with `blocks` takes them in the call itself.
"""

import secrets
import sys
import time

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.pipeline.simulator import LOGIN, PASSWORD
from slipway.simulator import Do, Script, SimulatorConfig, SimulatorState, create_simulator
from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.status_plan import CREATING, INSTANT, STUCK, Step

TAKES = 20.0


def main(port: str, key: str, count: str) -> None:
    """Serve until told to stop."""
    scripts = (
        Script(do=Do.DELAY, method="createenvironment", env="blocks*", times=None, seconds=TAKES),
    )
    config = SimulatorConfig(
        login=LOGIN, password=PASSWORD, tokens=frozenset({key}), plan=_plan(TAKES), scripts=scripts
    )
    app = create_simulator(config)
    state: SimulatorState = app.state.simulator

    async def calls(_: Request) -> Response:
        """Tell of the calls alone: the simulator's own state is long."""
        return JSONResponse(state.calls)

    async def begin(request: Request) -> Response:
        """Let the environments come to their end, one after the other."""
        at, step = (float(request.query_params[name]) for name in ("at", "step"))
        for number, environment in enumerate(state.created, 1):
            seconds = at + number * step - environment.step_since
            environment.plan = _plan(seconds)
        return JSONResponse({})

    app.router.routes[:0] = [Route("/calls", calls), Route("/begin", begin, methods=["POST"])]
    fill(state, int(count))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, access_log=False)


def _plan(seconds: float) -> tuple[Step, ...]:
    return (Step(status=CREATING, seconds=seconds), *INSTANT) if seconds > 0 else INSTANT


def fill(state: SimulatorState, count: int) -> None:
    """Put the environments in creation."""
    now = time.time()
    for number in range(1, count + 1):
        name = f"waiting-{number}"
        environment = SimulatedEnvironment(
            id=number,
            name=name,
            app_id=secrets.token_hex(16),
            uid=1,
            display_name="",
            region=state.config.region,
            groups=[f"slipway-job-{number}"],
            nodes=[{"nodeType": "nginxphp"}],
            created_at=now,
            plan=STUCK,
            step_since=now,
        )
        state.created.append(environment)
        state.environments[name] = environment


if __name__ == "__main__":
    main(*sys.argv[1:])
