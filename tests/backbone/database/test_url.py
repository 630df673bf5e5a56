"""A PostgreSQL URL means what it means to libpq; SQLAlchemy gets the part that it understands."""

import pytest

from backbone.database.engine import create_engine, engine_state
from backbone.database.url import postgres_address
from backbone.errors import SettingsError
from backbone.settings import load_settings

BASE = "postgresql://u:p%40w@db.example:6432/shop"


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        (BASE, BASE),
        (BASE.replace("postgresql", "postgres"), BASE),
        (BASE.replace("postgresql", "postgresql+asyncpg"), BASE),
        (f"{BASE}?sslmode=require", f"{BASE}?sslmode=require"),
        (f"{BASE}?ssl=require", f"{BASE}?sslmode=require"),
        (f"{BASE}?sslrootcert=/etc/ca.pem", f"{BASE}?sslrootcert=%2Fetc%2Fca.pem"),
        (f"{BASE}?connect_timeout=3&keepalives=1", BASE),
        (f"{BASE}?prepared_statement_cache_size=0", BASE),
        ("postgresql:///shop?host=/run/pg", "postgresql:///shop?host=%2Frun%2Fpg"),
        ("postgresql://u@a:1,b:2/shop", "postgresql://u@a:1,b:2/shop"),
        (
            "postgresql://u@a,b/shop?target_session_attrs=read-write",
            "postgresql://u@a,b/shop?target_session_attrs=read-write",
        ),
    ],
)
def test_the_driver_gets_all_that_it_knows(url: str, dsn: str) -> None:
    assert postgres_address(url).dsn == dsn
    assert load_settings({"DATABASE_URL": url}).sql_url == url


def test_sqlalchemy_gets_the_first_host_and_its_own_options() -> None:
    url = postgres_address("postgresql://u:p%40w@[::1]:1,b:2/shop?sslmode=disable").url
    assert (url.host, url.port, url.database) == ("::1", 1, "shop")
    assert (url.username, url.password, dict(url.query)) == ("u", "p@w", {})
    own = postgres_address(f"{BASE}?prepared_statement_cache_size=0").url
    assert dict(own.query) == {"prepared_statement_cache_size": "0"}


def test_a_port_that_is_no_number_refuses_to_start() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL: must be postgresql://"):
        load_settings({"DATABASE_URL": "postgresql://a:one/shop"})


async def test_an_engine_keeps_what_the_driver_connects_to() -> None:
    engine = create_engine(f"{BASE}?sslmode=require")
    assert engine_state(engine).dsn == f"{BASE}?sslmode=require"
    await engine.dispose()
