"""The simulated API below `/1.0/`: reads parameters, checks sessions, applies scripts, answers."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from slipway.simulator.answers import Answer, failure, script_eval
from slipway.simulator.faults import close, hang
from slipway.simulator.methods import (
    METHODS,
    SESSION_UNKNOWN,
    Params,
    Refused,
    create_environment,
    env_name,
)
from slipway.simulator.script import Do, Script
from slipway.simulator.state import SimulatorState

_CREATE = "createenvironment"
_OPEN = frozenset({"signin"})
_WORKING = frozenset({None, Do.DELAY, Do.STATUS})


class PlatformApi:
    """An ASGI application for `/1.0/{group}/{service}/rest/{method}`, GET and POST alike.

    As at the platform, parameters come in the query or in the form, and the path and the names of
    parameters may be written in any case.
    """

    def __init__(self, state: SimulatorState) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        group, _, method = str(request.path_params["path"]).lower().rpartition("/rest/")
        params = await _params(request)
        env = env_name(params)
        if f"{group}/{method}" not in METHODS:
            await _no_such_method(method)(scope, receive, send)
            return
        self._state.count(method, env)
        script = self._state.scripts.take(method, env)
        do = None if script is None else script.do
        acts_first = do in _WORKING or (script is not None and script.acts)
        answer = self._act(group, method, params, script) if acts_first else None
        if do is Do.HOLD and not await self._state.hold(method, env):
            do = Do.CLOSE
        elif do is Do.HOLD and answer is None:
            answer = self._act(group, method, params, script)
        await self._wait(script)
        if do is Do.HANG:
            await hang(scope, receive, self._state.closing)
        if do in {Do.HANG, Do.CLOSE}:
            await close(scope, send)
        else:
            await _response(method, script, answer)(scope, receive, send)

    def _act(self, group: str, method: str, params: Params, script: Script | None) -> Answer:
        session = params.get("session", "")
        if method not in _OPEN and not self._state.knows_session(session):
            return failure(SESSION_UNKNOWN, "session [xxx] is expired or unknown", core=True)
        try:
            if method == _CREATE and script is not None and script.plan:
                return create_environment(self._state, params, script.plan)
            return METHODS[f"{group}/{method}"](self._state, params)
        except Refused as refused:
            return refused.answer

    async def _wait(self, script: Script | None) -> None:
        seconds = self._state.config.latency + (script.seconds if script is not None else 0)
        if seconds > 0:
            await asyncio.sleep(seconds)


async def _params(request: Request) -> Params:
    params = {name.lower(): value for name, value in request.query_params.items()}
    if request.method == "POST":
        form = await request.form()
        params |= {name.lower(): value for name, value in form.items() if isinstance(value, str)}
    return params


def _response(method: str, script: Script | None, answer: Answer | None) -> Response:
    if script is not None and script.do is Do.HTTP:
        return PlainTextResponse("<html>simulated failure</html>", status_code=script.status)
    if script is not None and script.do is Do.RESULT:
        core = script.result == SESSION_UNKNOWN
        answer = failure(script.result, script.error, core=core)
        answer = answer if core or method != _CREATE else script_eval(answer)
    return JSONResponse(answer)


def _no_such_method(method: str) -> Response:
    return JSONResponse(failure(1702, f"method [{method}] not found", core=True), status_code=404)
