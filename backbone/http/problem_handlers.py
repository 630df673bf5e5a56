"""Answers every error with its problem: ours, those of FastAPI and the database, all others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match

from backbone.database.availability import is_unavailable
from backbone.errors import (
    BusinessError,
    DatabaseUnavailable,
    FieldError,
    InternalError,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    Overloaded,
    PermissionMissing,
    RateLimited,
)
from backbone.http.errors import (
    MalformedBody,
    MethodNotAllowed,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from backbone.problems import MEDIA_TYPE, problem

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_BY_STATUS: Mapping[int, type[BusinessError]] = {
    400: MalformedBody,
    401: NotAuthenticated,
    403: PermissionMissing,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
    429: RateLimited,
    503: Overloaded,
}

# A refusal is of this moment and this caller, and never a page.
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

log = structlog.get_logger(__name__)


def problem_response(
    error: BusinessError,
    request: Request | None = None,  # noqa: ARG001 - the shape of a handler
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with the error's problem, its status and its headers."""
    return JSONResponse(
        problem(error).model_dump(mode="json"),
        status_code=error.status,
        headers={**_HEADERS, **(headers or {}), **error.headers},
        media_type=MEDIA_TYPE,
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Make the application answer with problems, whatever goes wrong."""
    app.add_exception_handler(BusinessError, _on_business_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(SQLAlchemyError, _on_database_error)
    app.add_exception_handler(Exception, _on_unforeseen)


async def _on_business_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, BusinessError)  # noqa: S101 - registered for this class
    if error.status >= 500:  # noqa: PLR2004 - the class of server errors
        log.warning("request_failed", code=error.code, detail=error.detail)
    return problem_response(error, request)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem_response(MalformedBody(), request)
    places = f"{len(faults)} place{'s do' if len(faults) != 1 else ' does'} not pass the contract."
    return problem_response(
        InvalidRequest(places, field_errors=list(_field_errors(faults))), request
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    headers = dict(error.headers or {})
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        kind = InternalError if error.status_code >= 500 else InvalidRequest  # noqa: PLR2004 - as above
    if kind is MethodNotAllowed:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return problem_response(kind(), request, headers=headers)


async def _on_database_error(request: Request, error: Exception) -> Response:
    if is_unavailable(error):
        log.warning("request_failed", code=DatabaseUnavailable.code, error=type(error).__name__)
        return problem_response(DatabaseUnavailable(), request)
    return await _on_unforeseen(request, error)


async def _on_unforeseen(request: Request, error: Exception) -> Response:
    log.error("request_broke", exc_info=error, method=request.method, path=request.url.path)
    return problem_response(InternalError(), request)


def allowed_methods(request: Request) -> list[str]:
    """List the methods that the path has, over all its routes (RFC 9110 §10.2.1)."""
    routes: Sequence[BaseRoute] = request.app.router.routes
    return [method for method in METHODS if _matches(routes, {**request.scope, "method": method})]


def _matches(routes: Sequence[BaseRoute], scope: dict[str, Any]) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


def _field_errors(faults: Iterable[Mapping[str, Any]]) -> Iterable[FieldError]:
    for fault in faults:
        # JSON pointer (RFC 6901): ~ and / within a name are escaped.
        parts = [str(part).replace("~", "~0").replace("/", "~1") for part in fault["loc"]]
        yield FieldError("/" + "/".join(parts), str(fault["msg"]))
