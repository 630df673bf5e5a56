"""The workflow that is published as specs/main-job.arazzo.yaml does the main job of a running stack."""

import uuid
from pathlib import Path

import httpx
import pytest
import yaml
from arazzo.runner import Run, check

from agreement.http_view import operations
from contractkit.documents import Documents
from contractkit.generator.bundle import bundle
from contractkit.tree import FolderTree

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def known():
    return operations(bundle(Documents(FolderTree(ROOT)), "specs/openapi.yaml"))


@pytest.fixture(scope="module")
def document():
    return yaml.safe_load((ROOT / "specs" / "main-job.arazzo.yaml").read_text(encoding="utf-8"))


def test_the_document_fits_the_contract(document, known):
    (source,) = document["sourceDescriptions"]
    assert (ROOT / "specs" / source["url"]).is_file()
    check(document, known)


def test_the_workflow_ends_with_a_running_environment(document, known, embedded):
    (workflow,) = document["workflows"]
    origin = embedded.origin
    inputs = {
        "email": origin.email,
        "password": origin.password,
        "shortdomain": f"arazzo-{uuid.uuid4().hex[:8]}",
    }
    with httpx.Client(base_url=origin.base_url, timeout=30) as client:
        outputs = Run(client, known, inputs).run(workflow)
    assert isinstance(outputs["environment"], int)
