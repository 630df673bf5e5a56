"""Runs the cases against an origin, and looks now and then whether it still lives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from testing.hostile import messages, operations, paths
from testing.hostile.case import Case, request
from testing.hostile.judge import faults
from testing.hostile.wire import Wire

LIVES_EVERY = 25


@dataclass(frozen=True, slots=True)
class Finding:
    case: str
    faults: list[str]


def all_cases(auth: Mapping[str, str]) -> Iterator[Case]:
    yield from messages.cases()
    yield from paths.cases(auth)
    yield from operations.cases(auth)


async def run(
    base_url: str,
    token: str | None = None,
    *,
    only: str = "",
    told: Callable[[Case, list[str]], None] = lambda _case, _faults: None,
) -> tuple[int, list[Finding]]:
    """Send every case whose name contains `only`; how many there were, and what was wrong."""
    auth = {"Authorization": f"Bearer {token}"} if token else {}
    wire, findings, count = Wire(base_url), [], 0
    for case in all_cases(auth):
        if only not in case.name:
            continue
        count += 1
        try:
            wrong = faults(case, await wire.send(case), (token or "",))
        except OSError as error:
            wrong = [f"no connection: {error}"]
        if count % LIVES_EVERY == 0 and not await lives(wire):
            wrong.append("the origin does not live any more")
        told(case, wrong)
        if wrong:
            findings.append(Finding(case.name, wrong))
    return count, findings


async def lives(wire: Wire) -> bool:
    answer = await wire.send(Case("lives", (request("GET", messages.LIVE),), ()))
    return answer.status == 200


async def sign_in(base_url: str, email: str, password: str) -> str:
    """Return a session's token to ask with."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        login = await client.post("/api/v1/auth/login", json={"email": email, "password": password})
        login.raise_for_status()
        exchange = {"exchange_token": login.json()["exchange_token"]}
        session = await client.post("/api/v1/auth/session-exchange", json=exchange)
        session.raise_for_status()
        return next(value for name, value in session.cookies.items() if "slipway_session" in name)
