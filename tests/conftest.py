"""What all tests share. Fast tests open no sockets but those that asyncio needs in the process."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket, enable_socket
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from testing.environment import forget_settings
from testing.garbage import pytest_collection
from testing.log_fixtures import no_secret_in_any_log, tmp_path

__all__ = ["no_secret_in_any_log", "pytest_collection", "tmp_path"]

SOCKETS_ALLOWED = ("tests/integration/", "tests/slipway/", "tests/examples/", "contract-tests/")
"""Where the part itself is a socket server, or needs real services."""


def pytest_configure() -> None:
    forget_settings()
    # No timing decides a test: on a busy machine reading Unicode's tables alone takes a second.
    settings.register_profile(
        "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("untimed")
    # By default it prints pages of local variables, in colours, wherever an error is logged.
    structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback


def pytest_runtest_setup(item: pytest.Item) -> None:
    if any(part in item.nodeid for part in SOCKETS_ALLOWED) or item.get_closest_marker(
        "enable_socket"
    ):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)


_configure = structlog.configure


@pytest.fixture(scope="session", autouse=True)
def _no_logger_is_cached() -> Iterator[None]:
    """A logger that is used while a test has configured logging would keep that for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            structlog,
            "configure",
            lambda **settings: _configure(**settings | {"cache_logger_on_first_use": False}),
        )
        yield


@pytest.fixture(autouse=True)
def _process_is_put_back() -> Iterator[None]:
    """What a command that a test runs in this process sets for a process ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    umask = os.umask(0o022)
    os.umask(umask)
    yield
    os.umask(umask)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'slipway.db'}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "slipway.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def engine(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on a fresh, migrated SQLite file."""
    path = tmp_path / "engine.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    made = create_engine(f"sqlite:///{path}")
    yield made
    await made.dispose()
