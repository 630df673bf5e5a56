import asyncio
from contextlib import asynccontextmanager

import pytest

from testing.tcp_proxy import Proxy

pytestmark = pytest.mark.enable_socket


@asynccontextmanager
async def echo(prefix: bytes):
    async def serve(reader, writer) -> None:
        while line := await reader.readline():
            writer.write(prefix + line)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()


@asynccontextmanager
async def proxied(*targets):
    proxy = Proxy(*targets)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        assert proxy.connections == 0


async def say(connection, text: bytes) -> bytes:
    reader, writer = connection
    writer.write(text + b"\n")
    async with asyncio.timeout(10):
        return await reader.readline()


async def end(connection) -> bytes:
    async with asyncio.timeout(10):
        try:
            return await connection[0].read()
        except ConnectionError:
            return b""
        finally:
            connection[1].transport.abort()


async def test_takes_targets_in_turn_and_leaves_out_the_dead():
    async with echo(b"a ") as one, echo(b"b ") as two, proxied(one, two, ("127.0.0.1", 1)) as proxy:
        answers = []
        for _ in range(6):
            connection = await asyncio.open_connection(*proxy.address)
            answers.append(await say(connection, b"x"))
            connection[1].transport.abort()
        assert set(answers) == {b"a x\n", b"b x\n"}


async def test_cuts_all_and_takes_new_ones():
    async with echo(b"") as target, proxied(target) as proxy:
        first = await asyncio.open_connection(*proxy.address)
        await say(first, b"x")
        assert proxy.cut() == 1
        assert await end(first) == b""
        second = await asyncio.open_connection(*proxy.address)
        assert await say(second, b"y") == b"y\n"
        second[1].transport.abort()


async def test_refuses_until_healed():
    async with echo(b"") as target, proxied(target) as proxy:
        proxy.refuse()
        assert await end(await asyncio.open_connection(*proxy.address)) == b""
        proxy.heal()
        again = await asyncio.open_connection(*proxy.address)
        assert await say(again, b"x") == b"x\n"
        again[1].transport.abort()


async def test_a_black_hole_delivers_late_what_it_swallowed():
    async with echo(b"") as target, proxied(target) as proxy:
        connection = await asyncio.open_connection(*proxy.address)
        await say(connection, b"x")
        proxy.black_hole()
        waiting = asyncio.create_task(say(connection, b"y"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()
        proxy.heal()
        assert await waiting == b"y\n"
        connection[1].transport.abort()


async def test_an_end_is_passed_on():
    async with echo(b"") as target, proxied(target) as proxy:
        connection = await asyncio.open_connection(*proxy.address)
        connection[1].write(b"x\n")
        connection[1].write_eof()
        assert await end(connection) == b"x\n"
