"""Each way to reach a PostgreSQL by a URL reaches it: pool, single statements and wake-ups."""

import asyncio
import urllib.parse

import pytest
from sqlalchemy import text

from backbone.database.direct import DirectStatement
from backbone.database.engine import create_engine, reading
from backbone.errors import SettingsError
from backbone.wake import Wake
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import PrivatePostgres
from testing.program import free_port

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server():
    try:
        server = PrivatePostgres()
        server.start()
    except ServiceMissing as reason:
        skip_or_fail(reason)
    yield server
    server.remove()


@pytest.mark.parametrize("way", ["plain", "sslmode", "socket", "hosts"])
async def test_the_url_leads_to_the_server(server: PrivatePostgres, way: str) -> None:
    folder = urllib.parse.quote(str(server.folder.path), safe="")
    url = {
        "plain": server.url,
        "sslmode": f"{server.url}?sslmode=prefer&connect_timeout=3",
        "socket": f"postgresql://postgres@/postgres?host={folder}&port={server.port}",
        "hosts": f"postgresql://postgres@127.0.0.1:{free_port()},127.0.0.1:{server.port}/postgres",
    }[way]
    engine = create_engine(url)
    try:
        async with reading(engine) as conn:
            assert await conn.scalar(text("SELECT 1")) == 1
        assert (await DirectStatement("SELECT 2").first(engine, {}))[0] == 2
        async with asyncio.timeout(10), Wake(engine) as wake:
            await wake.wait(0.01)
    finally:
        await engine.dispose()


async def test_a_pooler_that_refuses_our_settings_is_told_with_the_mend() -> None:
    """PgBouncer's answer to a startup parameter that it does not know."""
    fields = b"SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0"
    refusal = b"E" + (len(fields) + 4).to_bytes(4, "big") + fields

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(4), "big")
        if await reader.readexactly(size - 4) == (80877103).to_bytes(4, "big"):
            writer.write(b"N")
            size = int.from_bytes(await reader.readexactly(4), "big")
            await reader.readexactly(size - 4)
        writer.write(refusal)
        writer.close()

    pooler = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = pooler.sockets[0].getsockname()[1]
    engine = create_engine(f"postgresql://u@127.0.0.1:{port}/shop")
    with pytest.raises(SettingsError, match=r"PgBouncer.*statement_timeout.*pool_mode=session"):
        async with reading(engine) as conn:
            await conn.scalar(text("SELECT 1"))
    await engine.dispose()
    pooler.close()
