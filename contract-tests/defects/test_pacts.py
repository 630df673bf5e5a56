"""The pacts are shown a changed file, and a provider that publishes otherwise."""

import json
from pathlib import Path

import pytest

from pacts.expectations import INTEGRATOR
from pacts.test_pacts import PUBLISHERS, normal, verify_integrator

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_changed_pact_file(tmp_path):
    kept = ROOT / "contract-tests" / "pacts" / INTEGRATOR
    changed = tmp_path / INTEGRATOR
    changed.write_text(kept.read_text().replace("completed|failed", "completed"))
    assert normal(changed) != normal(kept)


@pytest.mark.parametrize(
    ("contents", "metadata"),
    [({"status": "dancing"}, {}), ({"job_id": "42"}, {}), ({}, {"routing_key": "team.7.job"})],
)
def test_a_provider_that_publishes_otherwise(contents, metadata):
    def otherwise(name=None, metadata_=None, **_):
        sent = PUBLISHERS["a job is over"]()
        body = {**json.loads(sent["contents"]), **contents}
        return {
            **sent,
            "contents": json.dumps(body).encode(),
            "metadata": sent["metadata"] | metadata,
        }

    with pytest.raises(RuntimeError):
        verify_integrator(
            {**PUBLISHERS, "a job is over": lambda name=None, metadata=None: otherwise()}
        )
