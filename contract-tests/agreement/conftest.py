"""The applications as they are composed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from fastapi import FastAPI

from backbone.database.engine import create_engine
from backbone.settings import load_settings
from gateway.app import create_gateway
from service.app import create_service


@pytest_asyncio.fixture
async def applications(tmp_path: Path) -> AsyncIterator[dict[str, FastAPI]]:
    """The service and the gateway, not started: only what they would serve is looked at."""
    settings = load_settings({"SLIPWAY_HOME": str(tmp_path)})
    engine = create_engine(settings.sql_url)
    yield {
        "service": create_service(settings, engine),
        "gateway": create_gateway(settings, engine),
    }
    await engine.dispose()
