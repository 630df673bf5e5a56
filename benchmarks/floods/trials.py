"""The trials: each attacks an origin and tells what became of the attack."""

import asyncio
import collections
import time
from collections.abc import Callable, Coroutine
from urllib.parse import urlsplit

import httpx

BEGIN = b"GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\n"
PIECE = 65_536
Trial = Callable[[str, str, str], Coroutine[None, None, str]]


async def _connect(base_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(base_url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _status(reader: asyncio.StreamReader, seconds: float) -> str:
    try:
        async with asyncio.timeout(seconds):
            line = await reader.readline()
    except (TimeoutError, OSError):
        return "nothing"
    return line.split()[1].decode() if line else "closed"


async def _send_endless_head(base_url: str, piece: bytes, size: int) -> str:
    """Send a head that never ends, until it is refused."""
    reader, writer = await _connect(base_url)
    told = asyncio.create_task(_status(reader, 120))
    sent = 0
    try:
        writer.write(BEGIN + b"X-Long: " * (b"\n" not in piece))
        while sent < size and not told.done():
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
            await asyncio.sleep(0)
        if sent >= size:
            writer.write(b"\r\n\r\n")
        status = await told
    except OSError:
        status = await told
    finally:
        writer.close()
    return f"{status} after {sent / 2**20:.1f} MiB"


async def endless_line(base_url: str, _email: str, _password: str) -> str:
    """One field of 40 MiB."""
    return await _send_endless_head(base_url, b"a" * PIECE, 40 * 2**20)


async def many_lines(base_url: str, _email: str, _password: str) -> str:
    """40 MiB of fields of five bytes, on each of four connections."""
    told = await asyncio.gather(
        *(_send_endless_head(base_url, b"a:b\r\n" * (PIECE // 5), 40 * 2**20) for _ in range(4))
    )
    return ", ".join(told)


async def slow_heads(base_url: str, _email: str, _password: str) -> str:
    """400 connections, each a byte of a field a second, for 20 seconds."""
    ends: collections.Counter[str] = collections.Counter()

    async def drip() -> None:
        reader, writer = await _connect(base_url)
        writer.write(BEGIN + b"X-Slow: ")
        told = asyncio.create_task(_status(reader, 20))
        while not told.done():
            writer.write(b"a")
            await asyncio.wait({told}, timeout=1)
        ends[told.result()] += 1
        writer.close()

    await asyncio.gather(*(drip() for _ in range(400)))
    return ", ".join(f"{count} x {what}" for what, count in ends.items())


async def login_flood(base_url: str, email: str, password: str) -> str:
    """150 wrong sign-ins to different accounts at once, and a right one behind 40 of them."""
    ends: collections.Counter[int] = collections.Counter()
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=base_url, timeout=120, limits=limits) as client:

        async def sign_in(who: str, secret: str) -> int:
            body = {"email": who, "password": secret}
            return (await client.post("/api/v1/auth/login", json=body)).status_code

        async def wrong(number: int) -> None:
            ends[await sign_in(f"nobody-{number}@slipway.test", "wrong password")] += 1

        started = time.perf_counter()
        flood = [asyncio.create_task(wrong(number)) for number in range(40)]
        await asyncio.sleep(0.2)
        right = asyncio.create_task(sign_in(email, password))
        flood += [asyncio.create_task(wrong(number)) for number in range(40, 150)]
        status = await right
        took = time.perf_counter() - started - 0.2
        await asyncio.gather(*flood)
        drained = time.perf_counter() - started
    told = ", ".join(f"{count} x {what}" for what, count in sorted(ends.items()))
    return f"right sign-in {status} after {took:.1f} s; flood drained in {drained:.1f} s: {told}"


TRIALS: dict[str, Trial] = {
    "endless-line": endless_line,
    "many-lines": many_lines,
    "slow-heads": slow_heads,
    "login-flood": login_flood,
}
