"""The written contract, and the applications as they are composed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI

from backbone.database.engine import create_engine
from backbone.settings import load_settings
from contractkit.generator.bundle import bundle
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from gateway.app import create_gateway
from service.app import create_service

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


@pytest.fixture(scope="session")
def openapi(contract: Contract) -> dict[str, Any]:
    """The written document, made of one piece from the files in specs/, not from generated ones."""
    return bundle(contract.documents, "specs/openapi.yaml")


@pytest.fixture(scope="session")
def asyncapi(contract: Contract) -> dict[str, Any]:
    return bundle(contract.documents, "specs/asyncapi.yaml")


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
