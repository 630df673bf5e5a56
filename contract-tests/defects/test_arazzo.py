"""The check of workflows is shown steps that do not fit the operations."""

from pathlib import Path

import pytest
import yaml
from arazzo.runner import ArazzoError, check

from agreement.http_view import operations

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda steps: steps[2].update(operationId="orderEnvironment"),
        lambda steps: steps[3]["parameters"][0].update(name="id"),
        lambda steps: steps[3]["parameters"][0].update(value="$steps.order.outputs.task"),
        lambda steps: steps[0]["requestBody"]["payload"].update(email="$inputs.user"),
        lambda steps: steps[1].update(successCriteria=[]),
        lambda steps: steps.reverse(),
    ],
)
def test_a_workflow_that_does_not_fit(openapi, change):
    document = yaml.safe_load((ROOT / "specs" / "main-job.arazzo.yaml").read_text())
    change(document["workflows"][0]["steps"])
    with pytest.raises(ArazzoError):
        check(document, operations(openapi))
