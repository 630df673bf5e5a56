"""Each way to reach a PostgreSQL by a URL reaches it: pool, single statements and wake-ups."""

import asyncio
import shutil
import urllib.parse

import pytest
from sqlalchemy import text

from backbone.database.direct import DirectStatement
from backbone.database.engine import create_engine, reading
from backbone.database.pooler import check_sessions, refuse_pooler
from backbone.errors import SettingsError
from backbone.wake import Wake
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import PrivatePostgres, execute
from testing.program import answers, free_port, wait_until

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


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ((7, "10000"), (7, "10000"), "pool_mode=session"),
        ((7, "0"), (8, "0"), "ALTER ROLE"),
        ((7, "10000"), (8, "60000"), "ALTER ROLE"),
        ((7, "10000"), (8, "5000"), None),
    ],
)
def test_a_pooler_that_breaks_sessions_is_told_with_the_mend(one, other, told) -> None:
    if told is None:
        check_sessions(one, other)
        return
    with pytest.raises(SettingsError, match=f"PgBouncer.*{told}"):
        check_sessions(one, other)


async def test_postgresql_itself_is_no_pooler(server: PrivatePostgres) -> None:
    await refuse_pooler(server.url)


async def test_pgbouncer_in_transaction_mode_is_refused_and_in_session_mode_used(
    server: PrivatePostgres,
) -> None:
    """With PgBouncer, where it is installed."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        skip_or_fail(ServiceMissing("PgBouncer is not installed"))
    dropped = "tcp_keepalives_idle, tcp_keepalives_interval, tcp_keepalives_count, "
    dropped += "tcp_user_timeout, statement_timeout, idle_in_transaction_session_timeout, "
    dropped += "plan_cache_mode, jit, extra_float_digits"
    for mode, told in (
        ("transaction", r"pool_mode=session"),
        ("session", r"ALTER ROLE"),
        ("session", None),
    ):
        if told is None:
            execute(server.url, "ALTER ROLE postgres SET statement_timeout = 10000")
        port = free_port()
        folder = server.folder.path / f"pooler-{port}"
        folder.mkdir()
        folder.chmod(0o777)
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\npostgres = host=127.0.0.1 port={server.port} user=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
            f"pool_mode = {mode}\nunix_socket_dir =\nignore_startup_parameters = {dropped}\n"
        )
        pooler = server.folder.spawn(program, str(folder / "pgbouncer.ini"))
        try:
            assert wait_until(lambda p=port: answers(p), pooler, 30)
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            if told is None:
                await refuse_pooler(url)
            else:
                with pytest.raises(SettingsError, match=told):
                    await refuse_pooler(url)
        finally:
            pooler.terminate()
            pooler.wait(30)
