"""The workflows that are published as specs/*.arazzo.yaml do on a running stack what they say."""

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
DOCUMENTS = {path.name.partition(".")[0]: path for path in (ROOT / "specs").glob("*.arazzo.yaml")}


@pytest.fixture(scope="module")
def known():
    return operations(bundle(Documents(FolderTree(ROOT)), "specs/openapi.yaml"))


def read(name):
    return yaml.safe_load(DOCUMENTS[name].read_text(encoding="utf-8"))


def ran(base_url, known, workflow, **inputs):
    with httpx.Client(base_url=base_url, timeout=30) as client:
        return Run(client, known, inputs).run(workflow)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_the_document_fits_the_contract(name, known):
    document = read(name)
    (source,) = document["sourceDescriptions"]
    assert (ROOT / "specs" / source["url"]).is_file()
    check(document, known)


def test_the_main_job_ends_with_a_running_environment(known, embedded):
    (workflow,) = read("main-job")["workflows"]
    origin = embedded.origin
    shortdomain = f"arazzo-{uuid.uuid4().hex[:8]}"
    me = {"email": origin.email, "password": origin.password}
    outputs = ran(origin.base_url, known, workflow, **me, shortdomain=shortdomain)
    assert isinstance(outputs["environment"], int)


def test_administration_goes_from_a_team_to_a_revoked_token(known, embedded):
    """Each workflow goes on with what the one before it made."""
    flows = {one["workflowId"]: one for one in read("administration")["workflows"]}
    url, operator = embedded.origin.base_url, embedded.operator
    owner, invited = (f"{name}-{uuid.uuid4().hex[:8]}@example.com" for name in ("owner", "bob"))
    password = "a password of its owner"
    opened = ran(
        url, known, flows.pop("openTeam"),
        operatorEmail=operator.email, operatorPassword=operator.password,
        ownerEmail=owner, firstPassword="a password to begin with", ownPassword=password,
    )  # fmt: skip
    assert isinstance(opened["team"], int)
    me = {"email": owner, "password": password}
    ran(url, known, flows.pop("inviteMember"), **me, invitedEmail=invited, invitedPassword=password)
    ran(url, known, flows.pop("issueToken"), **me)
    assert not flows
