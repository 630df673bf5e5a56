"""Tests of the tests: each kind of contract test is shown a defect of its kind, and must see it."""

from pathlib import Path
from typing import Any

import pytest

from contractkit.generator.bundle import bundle
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


@pytest.fixture(scope="session")
def openapi(contract: Contract) -> dict[str, Any]:
    return bundle(contract.documents, "specs/openapi.yaml")
