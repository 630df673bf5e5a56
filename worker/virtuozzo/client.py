"""The client of the Virtuozzo Application Platform API: six verbs, no retries, no state.

Refuses to decide what a failure means for a job; the errors say enough for provisioning to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx
from pydantic import SecretStr, ValidationError

from worker.metrics import WorkerMetrics
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_list import EnvironmentList
from worker.virtuozzo.environment_spec import EnvironmentSpec
from worker.virtuozzo.environment_status import EnvironmentStatus
from worker.virtuozzo.errors import (
    EnvironmentNotFoundError,
    ProviderUnavailableError,
    SessionExpiredError,
)
from worker.virtuozzo.session import ProviderSession
from worker.virtuozzo.transport import ProviderTimeouts, ProviderTransport

PLATFORM_APPID: Final = "1dd8d191d38fff45e62564fcf67fdcd6"
"""The platform's own application id, the same at every hoster: `appid` of signin and create."""

_CONTROL: Final = "environment/control/rest/"
_SIGN_IN: Final = "users/authentication/rest/signin"


class VirtuozzoClient:
    """Speaks to one platform, for example `https://app.example-hoster.com`.

    Every verb but `sign_in` takes a ProviderSession; when the provider says that its key expired,
    the verb signs in again and repeats the call, once. An expired call did nothing, so this is safe
    for creating too. Every verb raises ProviderError.
    """

    def __init__(
        self,
        http: httpx.AsyncBaseTransport,
        *,
        base_url: str,
        timeouts: ProviderTimeouts | None = None,
        appid: str = PLATFORM_APPID,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        self._transport = ProviderTransport(http, base_url, timeouts or ProviderTimeouts(), metrics)
        self._appid = appid

    async def sign_in(self, login: str, password: SecretStr) -> SecretStr:
        """Return a session key. Raises SignInRefusedError for a wrong login or password."""
        answer = await self._transport.call(
            _SIGN_IN, {"appid": self._appid, "login": login}, {"password": password}
        )
        key = answer.get("session")
        if not isinstance(key, str) or not key:
            msg = "signin: the answer has no session"
            raise ProviderUnavailableError(msg, method="signin")
        return SecretStr(key)

    async def create_environment(
        self, session: ProviderSession, spec: EnvironmentSpec
    ) -> Environment:
        """Create an environment and returns it, in whatever status it is by then.

        A failure with `may_have_reached` may have created it: `find_environment` before repeating.
        NameTakenError after such a failure may mean our own environment, visible a moment later.
        """
        form = {"appid": self._appid, **spec.form()}
        answer = await self._call(session, "createenvironment", form)
        created = answer.get("response")
        created = created if isinstance(created, dict) else answer
        if isinstance(created.get("env"), dict):
            return _environment("createenvironment", created)
        # Some platform versions answer the name only; the next poll tells the rest.
        return Environment(
            env_name=str(created.get("name") or spec.shortdomain),
            shortdomain=spec.shortdomain,
            status=EnvironmentStatus.CREATING,
            env_groups=spec.tags,
        )

    async def get_environment(self, session: ProviderSession, env_name: str) -> Environment | None:
        """Return the environment of this name, or None when the session sees none."""
        try:
            answer = await self._call(session, "getenvinfo", {"envName": env_name})
        except EnvironmentNotFoundError:
            return None
        found = _environment("getenvinfo", answer)
        return None if found.status is EnvironmentStatus.NOT_EXISTS else found

    async def find_environment(
        self, session: ProviderSession, *, env_name: str, tag: str, scan: bool = True
    ) -> Environment | None:
        """Return the environment that carries `tag`, or None.

        Looks by name first. If that one does not carry the tag and `scan` is true it reads the list
        of all environments, for one that was renamed: the list is long, so a job's first attempt,
        whose environment cannot have been renamed yet, may pass `scan=False`. An environment of
        this name without the tag is somebody else's and is not returned.
        """
        named = await self.get_environment(session, env_name)
        if named is not None and named.has_tag(tag):
            return named
        if not scan:
            return None
        listed = await self.list_environments(session)
        info = listed.tagged(tag)
        return None if info is None else _environment("getenvs", info)

    async def list_environments(self, session: ProviderSession) -> EnvironmentList:
        """Return all environments of the account. The answer is long: kilobytes for each."""
        answer = await self._call(session, "getenvs", {})
        infos = answer.get("infos")
        if not isinstance(infos, list):
            msg = "getenvs: the answer has no list"
            raise ProviderUnavailableError(msg, method="getenvs")
        return EnvironmentList(infos)

    async def delete_environment(self, session: ProviderSession, env_name: str) -> bool:
        """Delete an environment. False when there was none, so that deleting twice is no error."""
        # Some hosters ask to confirm the deletion by the name; the others ignore it.
        form = {"envName": env_name, "password": env_name}
        try:
            await self._call(session, "deleteenv", form)
        except EnvironmentNotFoundError:
            return False
        return True

    async def _call(
        self, session: ProviderSession, method: str, form: Mapping[str, str]
    ) -> dict[str, Any]:
        key = await session.key()
        try:
            return await self._transport.call(_CONTROL + method, form, {"session": key})
        except SessionExpiredError:
            if not session.can_renew:
                raise
        key = await session.renew(key)
        return await self._transport.call(_CONTROL + method, form, {"session": key})


def _environment(method: str, info: Mapping[str, Any]) -> Environment:
    try:
        return Environment.from_answer(info)
    except (ValidationError, KeyError, AttributeError, TypeError):
        # The details would quote the answer, which belongs neither in logs nor in events.
        failure = ProviderUnavailableError(
            f"{method}: the answer does not describe an environment",
            method=method,
            may_have_reached=True,
        )
    raise failure
