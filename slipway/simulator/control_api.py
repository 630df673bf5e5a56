"""The simulator's own API below `/simulator/`: look at it, script it, reset it. Shows no secret.

GET    /simulator/state                    environments, all ever created, calls, scripts
GET    /simulator/held?at_least=1&seconds=5  waits until so many calls are held back
POST   /simulator/scripts                  one script or a list; see script.Script
DELETE /simulator/scripts                  forget the added scripts
POST   /simulator/release                  let held calls go on
POST   /simulator/sessions/expire          forget all sessions
POST   /simulator/environments/{name}/plan a list of steps: the status from now on
POST   /simulator/reset                    forget environments, calls and added scripts
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.script import Script
from slipway.simulator.state import SimulatorState
from slipway.simulator.status_plan import NOT_EXISTS, Plan

_SCRIPTS: TypeAdapter[Script | list[Script]] = TypeAdapter(Script | list[Script])
_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class ControlApi:
    """The routes, on one state."""

    state: SimulatorState

    def routes(self) -> list[Route]:
        """Return all routes, relative to `/simulator`."""
        return [
            Route("/state", self.show),
            Route("/held", self.wait_held),
            Route("/scripts", self.add_scripts, methods=["POST"]),
            Route("/scripts", self.clear_scripts, methods=["DELETE"]),
            Route("/release", self.release, methods=["POST"]),
            Route("/sessions/expire", self.expire, methods=["POST"]),
            Route("/environments/{name}/plan", self.follow, methods=["POST"]),
            Route("/reset", self.reset, methods=["POST"]),
        ]

    async def show(self, _request: Request) -> Response:
        """Return everything that tests ask about."""
        state, now = self.state, self.state.now()
        return JSONResponse(
            {
                "environments": [_shown(e, now) for e in state.environments.values()],
                "created": [_shown(e, now) for e in state.created],
                "calls": dict(state.calls),
                "calls_by_env": {env: dict(calls) for env, calls in state.calls_by_env.items()},
                "held": _held(state),
                "scripts": [s.model_dump(mode="json") for s in state.scripts.waiting()],
            }
        )

    async def wait_held(self, request: Request) -> Response:
        """200 when at least so many calls are held, 408 when the seconds are over before."""
        at_least = int(request.query_params.get("at_least", "1"))
        seconds = float(request.query_params.get("seconds", "5"))
        changed = self.state.held_changed
        try:
            async with asyncio.timeout(seconds), changed:
                await changed.wait_for(lambda: len(self.state.held) >= at_least)
        except TimeoutError:
            return JSONResponse({"held": _held(self.state)}, status_code=408)
        return JSONResponse({"held": _held(self.state)})

    async def add_scripts(self, request: Request) -> Response:
        """Add scripts; 422 with the reason when one is wrong."""
        try:
            read = _SCRIPTS.validate_json(await request.body())
        except ValidationError as error:
            return _unprocessable(error)
        scripts = read if isinstance(read, list) else [read]
        self.state.scripts.add(*scripts)
        return JSONResponse({"added": len(scripts)}, status_code=201)

    async def clear_scripts(self, _request: Request) -> Response:
        """Forget the added scripts."""
        self.state.scripts.clear()
        return Response(status_code=204)

    async def release(self, _request: Request) -> Response:
        """Let held calls go on."""
        return JSONResponse({"released": self.state.release()})

    async def expire(self, _request: Request) -> Response:
        """Forget all sessions."""
        return JSONResponse({"expired": self.state.close_sessions()})

    async def follow(self, request: Request) -> Response:
        """Give a living environment another plan."""
        environment = self.state.environments.get(request.path_params["name"])
        if environment is None:
            return JSONResponse({"error": "no such environment"}, status_code=404)
        try:
            plan = _PLAN.validate_json(await request.body())
        except ValidationError as error:
            return _unprocessable(error)
        if not plan:
            return JSONResponse({"error": "a plan needs a step"}, status_code=_UNPROCESSABLE)
        environment.follow(plan, self.state.now())
        return JSONResponse(_shown(environment, self.state.now()))

    async def reset(self, _request: Request) -> Response:
        """Back to the beginning; sessions stay good."""
        self.state.reset()
        return Response(status_code=204)


def _shown(environment: SimulatedEnvironment, now: float) -> dict[str, Any]:
    return {
        "env_name": environment.name,
        "app_id": environment.app_id,
        "status": NOT_EXISTS if environment.deleted_at else environment.status(now),
        "env_groups": list(environment.groups),
        "polls": environment.polls,
        "created_at": environment.created_at,
        "deleted_at": environment.deleted_at,
    }


def _held(state: SimulatorState) -> list[dict[str, str]]:
    return [{"method": method, "env": env} for method, env in state.held]


def _unprocessable(error: ValidationError) -> Response:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return JSONResponse({"error": "not valid", "details": errors}, status_code=_UNPROCESSABLE)
