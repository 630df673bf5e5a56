"""Responses whose key is no status of HTTP: left out, and named."""

import re
from dataclasses import replace
from typing import Final

from contractkit.errors import SpecError
from contractkit.model.contract import Contract
from contractkit.model.http import HttpOperation, Response
from contractkit.reader.unread import UnreadPart

_KNOWN: Final = re.compile(r"[1-9][0-9]{2}|[1-9][Xx]{2}|default")


def without_unknown_statuses(contract: Contract) -> tuple[Contract, list[UnreadPart]]:
    """Return the contract without them, and what was left out."""
    if contract.http is None:
        return contract, []
    unread: list[UnreadPart] = []
    http = replace(
        contract.http,
        operations=_known(contract.http.operations, unread),
        webhooks=_known(contract.http.webhooks, unread),
    )
    return replace(contract, http=http), unread


def _known(
    operations: tuple[HttpOperation, ...], unread: list[UnreadPart]
) -> tuple[HttpOperation, ...]:
    return tuple(
        replace(
            operation,
            responses=_responses(operation, unread),
            callbacks=_known(operation.callbacks, unread),
        )
        for operation in operations
    )


def _responses(operation: HttpOperation, unread: list[UnreadPart]) -> tuple[Response, ...]:
    known = []
    for response in operation.responses:
        if _KNOWN.fullmatch(response.status):
            known.append(response)
            continue
        error = SpecError(
            response.location,
            f"The key {response.status!r} of a response is no status.",
            "Write three digits (200), a range (2XX) or `default`.",
        )
        subject = f"the response {response.status!r} of {operation.label}"
        unread.append(UnreadPart(subject, error, coded=False))
    return tuple(known)
