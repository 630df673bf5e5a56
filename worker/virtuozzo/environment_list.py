"""All environments of an account as `getenvs` answers them; reads of each only what is asked for.

Ten thousand of them are looked at once a second or so: a typed Environment is made of the few that
a job has waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_status import EnvironmentStatus, read_status

Info = Mapping[str, Any]


class EnvironmentList:
    """What is in it in a form that nobody knows is as if it were not there."""

    def __init__(self, infos: Iterable[Any]) -> None:
        self._by_tag: dict[str, Info] = {}
        self._by_name: dict[str, Info] = {}
        for info in infos:
            if not isinstance(info, dict) or not isinstance(env := info.get("env"), dict):
                continue
            self._by_name[str(env.get("envName"))] = info
            for group in info.get("envGroups") or ():
                if isinstance(group, str):
                    self._by_tag[group] = info

    def __len__(self) -> int:
        """Return how many environments there are."""
        return len(self._by_name)

    def tagged(self, tag: str) -> Info | None:
        """Return the environment that carries the tag."""
        return self._by_tag.get(tag)

    def named(self, env_name: str) -> Info | None:
        """Return the environment of this name."""
        return self._by_name.get(env_name)


def status_in(info: Info) -> EnvironmentStatus:
    """Return the status of a listed environment."""
    return read_status(info["env"].get("status"))


def app_id_in(info: Info) -> str | None:
    """Return the identity of a listed environment's application."""
    app_id = info["env"].get("appid")
    return app_id if isinstance(app_id, str) else None


def environment_in(info: Info) -> Environment | None:
    """Return a listed environment, typed; None when it can't be read."""
    try:
        return Environment.from_answer(info)
    except (ValidationError, KeyError, AttributeError, TypeError):
        return None
