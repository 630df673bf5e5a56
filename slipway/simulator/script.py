"""A script: what the simulator does to a call instead of, or on top of, answering it."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slipway.simulator.status_plan import Plan


class Do(StrEnum):
    """What happens to a matching call. `acts` tells whether the work is done before the failure.

    RESULT   HTTP 200 with the result code `result` and the text `error`
    HTTP     the HTTP status `status` with a page that is no JSON
    DELAY    the work is done, the answer leaves `seconds` later
    HANG     no answer ever; the call ends when the client gives up
    HOLD     no answer until somebody posts to /simulator/release; then the call goes on
    CLOSE    the connection breaks in the middle of the answer
    STATUS   (createenvironment) the new environment follows `plan`
    """

    RESULT = "result"
    HTTP = "http"
    DELAY = "delay"
    HANG = "hang"
    HOLD = "hold"
    CLOSE = "close"
    STATUS = "status"


class Script(BaseModel):
    """Which calls (`method` in lower case, `env` as a shell pattern of the name) and what to do.

    Applies to `times` calls, for ever when None, after letting `skip` calls pass; with `per_env`
    both are counted for each environment name by itself. Of several that match the oldest applies.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Do
    method: str = "*"
    env: str = "*"
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    per_env: bool = False
    acts: bool = False
    result: int = 99
    error: str = "simulated failure"
    status: int = Field(default=500, ge=300, le=599)
    seconds: float = Field(default=0, ge=0)
    plan: Plan = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.do is Do.STATUS and not self.plan:
            msg = "a status script needs a plan"
            raise ValueError(msg)
        return self

    def matches(self, method: str, env: str) -> bool:
        """Return whether a call of `method` for the environment `env` is meant."""
        return fnmatchcase(method, self.method) and fnmatchcase(env, self.env)


class ScriptBook:
    """The scripts in force, with what is left of them. `always` are those that a reset keeps."""

    def __init__(self, always: tuple[Script, ...] = ()) -> None:
        self._always = always
        self._scripts: list[Script] = []
        self._seen: dict[tuple[int, str], int] = {}

    def add(self, *scripts: Script) -> None:
        """Put scripts behind those already there."""
        self._scripts.extend(scripts)

    def clear(self) -> None:
        """Back to the scripts that are always there, counted from nothing."""
        self._scripts.clear()
        self._seen.clear()

    def take(self, method: str, env: str) -> Script | None:
        """Return the script for this call, or None.

        A script that another one precedes is not used up.
        """
        taken = None
        for script in (*self._scripts, *self._always):
            if not script.matches(method, env):
                continue
            key = (id(script), env if script.per_env else "")
            seen = self._seen.get(key, 0)
            in_turn = seen >= script.skip and (
                script.times is None or seen < script.skip + script.times
            )
            if in_turn and taken is not None:
                continue
            self._seen[key] = seen + 1
            taken = script if in_turn else taken
        return taken

    def waiting(self) -> list[Script]:
        """Return the added scripts that are not used up; those per environment never are."""
        return [
            script
            for script in self._scripts
            if script.per_env
            or script.times is None
            or self._seen.get((id(script), ""), 0) < script.skip + script.times
        ]
