"""The comparison of documents is shown stale exports, and another spelling of the same."""

import copy

import pytest

from agreement.canonical import differences
from agreement.exported import LOSSES as EXPORT_LOSSES
from agreement.http_view import operations


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["paths"]["/api/v1/jobs"]["get"]["responses"].pop("503"),
        lambda one: one["components"]["schemas"]["JobStatus"]["enum"].remove("failed"),
        lambda one: one["components"]["schemas"]["JobId"].update(maximum=7),
        lambda one: one["components"]["schemas"]["Job"]["required"].remove("attempt"),
        lambda one: one["components"]["parameters"]["Limit"]["schema"].update(default=50),
        lambda one: one["paths"]["/api/v1/jobs"]["get"].update(security=[]),
        lambda one: one["paths"].pop("/api/v1/jobs/{job_id}/cancel"),
    ],
)
def test_a_stale_export(openapi, change):
    stale = copy.deepcopy(openapi)
    change(stale)
    assert differences(operations(openapi), operations(stale))


def test_another_spelling_is_no_difference(openapi):
    other = copy.deepcopy(openapi)
    schemas = other["components"]["schemas"]
    page = schemas["JobPage"]["properties"]["next_cursor"]
    page["anyOf"] = list(reversed(page.pop("oneOf")))
    schemas["JobStatus"] = {"enum": list(reversed(schemas["JobStatus"]["enum"]))}
    schemas["Job"]["required"].reverse()
    assert differences(operations(openapi), operations(other)) == []


def test_a_loss_that_is_lost_no_more():
    channel = {"bindings": {"amqp": {"is": "queue", "exchange": {"name": "events.topic"}}}}
    export = {"channels": {"c": channel}}
    loss = next(one for one in EXPORT_LOSSES if one.name == "exchange")
    assert not loss.is_lost(export)
