"""Asks a process by HTTP how it is, as often as a test has to."""

import httpx


async def asked(url: str, *, seconds: float = 30) -> httpx.Response | None:
    """Return the answer; None when nobody answers within `seconds`."""
    # For TLS a client would read the certificates of all authorities: 20 ms of work, each time.
    async with httpx.AsyncClient(verify=False, timeout=seconds) as client:
        try:
            return await client.get(url)
        except httpx.TransportError:
            return None


async def healthy(url: str, *, seconds: float = 30) -> bool:
    """Whether the answer is 200."""
    answer = await asked(url, seconds=seconds)
    return answer is not None and answer.status_code == httpx.codes.OK
