"""Describes an error as an RFC 9457 problem; how it is sent is for `backbone.http`."""

from typing import Any, Final

import structlog

from backbone.errors import BusinessError
from generated.models.common import Problem, ProblemDetail

MEDIA_TYPE: Final = "application/problem+json"

_MAX_FIELD_ERRORS: Final = 100
_MAX_POINTER: Final = 512
_MAX_DETAIL: Final = 1024


def problem(error: BusinessError) -> Problem:
    """Describe an error as the contract's Problem; `instance` is the bound request id, if any."""
    values: dict[str, Any] = {
        "type": f"/docs#problem-{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
    }
    if error.detail:
        values["detail"] = error.detail
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id is not None:
        values["instance"] = f"urn:request:{request_id}"
    if error.field_errors:
        values["errors"] = [
            ProblemDetail(pointer=o.pointer[:_MAX_POINTER], detail=o.detail[:_MAX_DETAIL])
            for o in error.field_errors[:_MAX_FIELD_ERRORS]
        ]
    return Problem(**values)
