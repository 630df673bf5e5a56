"""The API methods that are simulated, by their lower-case names; each takes parameters and answers.

Refuses whatever the platform refuses, with its result codes where they are known. Where they are
not, the text says what is wrong in the platform's way and the result is 99, its unknown error.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from slipway.simulator.answers import Answer, environment_info, failure, script_eval
from slipway.simulator.environment import SimulatedEnvironment
from slipway.simulator.state import SimulatorState
from slipway.simulator.status_plan import DOWN, RUNNING, Plan, Step

Params = Mapping[str, str]
"""The parameters of a call, their names in lower case."""

UNKNOWN: Final = 99
NOT_FOUND: Final = 11
SESSION_UNKNOWN: Final = 702
SIGN_IN_FAILED: Final = 701
NAME_TAKEN: Final = 2314
QUOTA: Final = 2223

_UID: Final = 1
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Refused(Exception):  # noqa: N818  it is an answer of the API, not an error of the simulator
    """The call is answered with `answer`."""

    def __init__(self, result: int, error: str) -> None:
        super().__init__(error)
        self.answer = failure(result, error)


def sign_in(state: SimulatorState, params: Params) -> Answer:
    """users.authentication.signin: login and password for a session."""
    login, password = params.get("login", ""), params.get("password", "")
    right = secrets.compare_digest(password.encode(), state.config.password.encode())
    if login != state.config.login or not right:
        return failure(SIGN_IN_FAILED, "incorrect login or password", core=True)
    return {"result": 0, "session": state.open_session(), **_user(state)}


def sign_out(state: SimulatorState, params: Params) -> Answer:
    """users.authentication.signout."""
    state.close_sessions(params["session"])
    return {"result": 0}


def check_sign(state: SimulatorState, params: Params) -> Answer:  # noqa: ARG001  one shape for all methods
    """users.authentication.checksign and users.account.getuserinfo."""
    return {"result": 0, **_user(state)}


def create_environment(state: SimulatorState, params: Params, plan: Plan | None = None) -> Answer:
    """environment.control.createenvironment: answers as a script does."""
    try:
        environment = _new(state, params, plan or state.config.plan)
    except Refused as refused:
        return script_eval(refused.answer)
    state.add(environment)
    status = environment.status(state.now())
    info = environment_info(environment, status, state.config.host)
    return script_eval({"name": environment.name, "appid": environment.app_id, **info})


def get_env_info(state: SimulatorState, params: Params) -> Answer:
    """environment.control.getenvinfo: one poll of the environment's status plan."""
    environment = _existing(state, params)
    return environment_info(environment, environment.poll(state.now()), state.config.host)


def get_envs(state: SimulatorState, params: Params) -> Answer:  # noqa: ARG001  one shape for all methods
    """environment.control.getenvs: all environments; one poll of each."""
    now, host = state.now(), state.config.host
    infos = [environment_info(e, e.poll(now), host) for e in state.environments.values()]
    return {"result": 0, "infos": infos}


def delete_env(state: SimulatorState, params: Params) -> Answer:
    """environment.control.deleteenv."""
    state.remove(_existing(state, params))
    return {"result": 0}


def start_env(state: SimulatorState, params: Params) -> Answer:
    """environment.control.startenv."""
    environment = _existing(state, params)
    environment.follow((Step(status=RUNNING),), state.now())
    state.save(environment)
    return {"result": 0}


def stop_env(state: SimulatorState, params: Params) -> Answer:
    """environment.control.stopenv."""
    environment = _existing(state, params)
    environment.follow((Step(status=DOWN),), state.now())
    state.save(environment)
    return {"result": 0}


def attach_env_group(state: SimulatorState, params: Params) -> Answer:
    """environment.control.attachenvgroup: adds groups."""
    environment = _existing(state, params)
    environment.groups += [g for g in _groups(params, "envgroup") if g not in environment.groups]
    state.save(environment)
    return {"result": 0}


def detach_env_group(state: SimulatorState, params: Params) -> Answer:
    """environment.control.detachenvgroup: takes groups away."""
    environment = _existing(state, params)
    gone = _groups(params, "envgroup")
    environment.groups = [group for group in environment.groups if group not in gone]
    state.save(environment)
    return {"result": 0}


def set_env_group(state: SimulatorState, params: Params) -> Answer:
    """environment.control.setenvgroup: replaces all groups."""
    name = "envgroups" if "envgroups" in params else "envgroup"
    environment = _existing(state, params)
    environment.groups = _groups(params, name)
    state.save(environment)
    return {"result": 0}


def set_display_name(state: SimulatorState, params: Params) -> Answer:
    """environment.control.setenvdisplayname."""
    environment = _existing(state, params)
    environment.display_name = params.get("displayname", "")
    state.save(environment)
    return {"result": 0}


def get_regions(state: SimulatorState, params: Params) -> Answer:  # noqa: ARG001  one shape for all methods
    """environment.control.getregions: one region with one group of hardware nodes."""
    region = state.config.region
    group = {"uniqueName": region, "displayName": region, "isEnabled": True}
    return {"result": 0, "array": [{"uniqueName": region, "hardNodeGroups": [group]}]}


METHODS: Final[Mapping[str, Callable[[SimulatorState, Params], Answer]]] = {
    "users/authentication/signin": sign_in,
    "users/authentication/signout": sign_out,
    "users/authentication/checksign": check_sign,
    "users/account/getuserinfo": check_sign,
    "environment/control/createenvironment": create_environment,
    "environment/control/getenvinfo": get_env_info,
    "environment/control/getenvs": get_envs,
    "environment/control/deleteenv": delete_env,
    "environment/control/startenv": start_env,
    "environment/control/stopenv": stop_env,
    "environment/control/attachenvgroup": attach_env_group,
    "environment/control/detachenvgroup": detach_env_group,
    "environment/control/setenvgroup": set_env_group,
    "environment/control/setenvdisplayname": set_display_name,
    "environment/control/getregions": get_regions,
}


def env_name(params: Params) -> str:
    """Return the environment that a call's parameters name; empty if they name none."""
    if name := params.get("envname"):
        return name.lower()
    try:
        env = json.loads(params.get("env", "{}"))
    except ValueError:
        return ""
    return str(env.get("shortdomain") or "").lower() if isinstance(env, dict) else ""


def _new(state: SimulatorState, params: Params, plan: Plan) -> SimulatedEnvironment:
    env, nodes = _json(params, "env"), _json(params, "nodes")
    if not isinstance(env, dict):
        raise Refused(UNKNOWN, "invalid parameter [env]: an object is expected")
    number = len(state.created) + 1
    name = str(env.get("shortdomain") or f"env-{number:07}").lower()
    if not _LABEL.fullmatch(name):
        raise Refused(UNKNOWN, f"invalid domain [{name}]")
    if name in state.environments:
        raise Refused(NAME_TAKEN, f"The domain [{name}.{state.config.host}] is already in use")
    limit = state.config.max_environments
    if limit is not None and len(state.environments) >= limit:
        raise Refused(QUOTA, f"The quota [environment.maxcount] is exceeded: {limit}")
    now = state.now()
    return SimulatedEnvironment(
        id=number,
        name=name,
        app_id=secrets.token_hex(16),
        uid=_UID,
        display_name=str(env.get("displayName") or ""),
        region=str(env.get("region") or state.config.region),
        engine=env.get("engine"),
        ssl=_flag(env.get("sslstate")),
        ha=_flag(env.get("ishaenabled")),
        groups=_groups(params, "envgroups"),
        nodes=_checked_nodes(nodes),
        created_at=now,
        plan=plan,
        step_since=now,
    )


def _checked_nodes(nodes: Any) -> list[Answer]:
    nodes = [nodes] if isinstance(nodes, dict) else nodes
    if not isinstance(nodes, list) or not nodes:
        raise Refused(UNKNOWN, "invalid parameter [nodes]: a list of nodes is expected")
    for node in nodes:
        named = isinstance(node, dict) and (
            node.get("nodeType") or node.get("docker") or node.get("image")
        )
        if not named:
            raise Refused(UNKNOWN, "invalid parameter [nodes]: every node needs a nodeType")
    return nodes


def _existing(state: SimulatorState, params: Params) -> SimulatedEnvironment:
    name = env_name(params)
    if not name:
        raise Refused(UNKNOWN, "missing parameter [envName]")
    if (environment := state.environments.get(name)) is None:
        raise Refused(NOT_FOUND, f"application [{name}] does not exist")
    return environment


def _json(params: Params, name: str) -> Any:
    try:
        return json.loads(params[name])
    except KeyError:
        raise Refused(UNKNOWN, f"missing parameter [{name}]") from None
    except ValueError:
        raise Refused(UNKNOWN, f"invalid parameter [{name}]: not JSON") from None


def _groups(params: Params, name: str) -> list[str]:
    text = params.get(name, "").strip()
    if not text.startswith("["):
        return [text] if text else []
    groups = _json(params, name)
    return list(dict.fromkeys(str(group) for group in groups))


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _user(state: SimulatorState) -> Answer:
    return {"uid": _UID, "email": state.config.login, "name": state.config.login, "status": 1}
