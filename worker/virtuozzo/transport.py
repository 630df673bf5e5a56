"""One form POST to the API and its JSON answer; every failure becomes a named error.

Refuses to let a secret out: the session key and the password leave their wrapping in one
expression, and no error, log line or URL holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from opentelemetry.util.types import AttributeValue
from pydantic import SecretStr

from backbone.tracing.client import client_span
from backbone.tracing.context import mark_failed
from worker.metrics import WorkerMetrics
from worker.virtuozzo.errors import (
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from worker.virtuozzo.result_codes import error_for
from worker.virtuozzo.sending import ask
from worker.virtuozzo.spans import attributes_of

_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "slipway-worker",
}
_NOT_REACHED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before the first byte of the request left this machine."""


@dataclass(frozen=True, slots=True)
class ProviderTimeouts:
    """Seconds. `create_read` is the `read` of createenvironment, which answers when it is done."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 10.0
    pool: float = 5.0
    create_read: float = 120.0

    def for_method(self, method: str) -> httpx.Timeout:
        """Return the time-outs of a call of `method` (lower case)."""
        read = self.create_read if method == "createenvironment" else self.read
        return httpx.Timeout(connect=self.connect, read=read, write=self.write, pool=self.pool)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the calls of a method go, and what their spans tell of it."""

    url: httpx.URL
    span: str
    attributes: Mapping[str, AttributeValue]


class ProviderTransport:
    """Calls methods below `<base_url>/1.0/` over `http`, which is the caller's to close.

    There is no httpx client in between: it would keep the cookies of one team's call for another's,
    and what it merges and looks up for each call costs as much as the call.
    """

    def __init__(
        self,
        http: httpx.AsyncBaseTransport,
        base_url: str,
        timeouts: ProviderTimeouts,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        self._http = http
        self._metrics = metrics or WorkerMetrics()
        self._base_url = base_url.rstrip("/") + "/1.0/"
        self._timeouts = timeouts
        self._targets: dict[str, _Target] = {}

    async def call(
        self, path: str, form: Mapping[str, str], secrets: Mapping[str, SecretStr]
    ) -> dict[str, Any]:
        """Post `form` and `secrets` to `path` (`environment/control/rest/getenvinfo`).

        Returns the answer; `result` is 0 in it and, where the method answers as a script does, in
        its `response`. Raises ProviderError.
        """
        method = path.rpartition("/")[2]
        with self._metrics.call(method):
            response = await self._post_traced(path, method, form, secrets)
            answer = _read(method, response)
            for part in _parts(answer):
                if result := int(part.get("result", 0)):
                    raise error_for(method, result, _without(secrets, str(part.get("error") or "")))
            return answer

    async def _post_traced(
        self, path: str, method: str, form: Mapping[str, str], secrets: Mapping[str, SecretStr]
    ) -> httpx.Response:
        # Of the exchange only: what the answer says is no error of HTTP, such as "there is none".
        target = self._target(path)
        with client_span(target.span, target.attributes) as span:
            response = await self._post(target.url, method, form, secrets)
            span.set_attribute("http.response.status_code", response.status_code)
            if response.is_error:
                mark_failed(span, str(response.status_code))
            return response

    async def _post(
        self, url: httpx.URL, method: str, form: Mapping[str, str], secrets: Mapping[str, SecretStr]
    ) -> httpx.Response:
        failure: ProviderError
        ask()
        try:
            response = await self._http.handle_async_request(
                httpx.Request(
                    "POST",
                    url,
                    headers=_HEADERS,
                    data={
                        **form,
                        **{name: secret.get_secret_value() for name, secret in secrets.items()},
                    },
                    extensions={"timeout": self._timeouts.for_method(method).as_dict()},
                )
            )
            await response.aread()
        except httpx.TimeoutException as error:
            failure = ProviderTimeoutError(
                f"{method}: no answer in time ({type(error).__name__})",
                method=method,
                may_have_reached=not isinstance(error, _NOT_REACHED),
            )
        except httpx.TransportError as error:
            failure = ProviderUnavailableError(
                f"{method}: connection failed ({type(error).__name__})",
                method=method,
                may_have_reached=not isinstance(error, _NOT_REACHED),
            )
        else:
            return response
        # Raised outside the handler: httpx's error holds the request, whose body holds the secrets.
        raise failure

    def _target(self, path: str) -> _Target:
        """Return the method's target, made once."""
        if path not in self._targets:
            url = httpx.URL(self._base_url + path)
            self._targets[path] = _Target(url, f"POST {url.path}", attributes_of(url))
        return self._targets[path]


def _read(method: str, response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status == _TOO_MANY_REQUESTS:
        raise ProviderBusyError(f"{method}: HTTP {status}", method=method, result=status)
    if status >= _SERVER_ERROR:
        raise ProviderUnavailableError(
            f"{method}: HTTP {status}", method=method, result=status, may_have_reached=True
        )
    if status != httpx.codes.OK:
        raise ProviderRefusedError(
            f"{method}: HTTP {status}; check the provider's base URL", method=method, result=status
        )
    try:
        answer = response.json()
        if isinstance(answer, dict) and all(_is_number(p.get("result", 0)) for p in _parts(answer)):
            return answer
    except ValueError:
        pass
    # A page instead of JSON is what maintenance and captive proxies send with status 200.
    raise ProviderUnavailableError(
        f"{method}: the answer is not the API's JSON",
        method=method,
        result=status,
        may_have_reached=True,
    )


def _parts(answer: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    inner = answer.get("response")
    return (answer, inner) if isinstance(inner, dict) else (answer,)


def _is_number(result: object) -> bool:
    return isinstance(result, int) or (isinstance(result, str) and result.isdecimal())


def _without(secrets: Mapping[str, SecretStr], text: str) -> str:
    for secret in secrets.values():
        if value := secret.get_secret_value():
            text = text.replace(value, "[redacted]")
    return text
