"""The written OpenAPI document and the one that FastAPI derives from the code promise the same."""

import json

import pytest
from pydantic import TypeAdapter

from agreement.canonical import canonical, differences
from agreement.derived import LOSSES, derive
from agreement.http_view import operations
from agreement.unsaid import UNSAID, without
from generated.models import event, stream


def written(openapi, unsaid=UNSAID):
    return operations(without(openapi, unsaid))


def derived(applications, losses=LOSSES, unsaid=UNSAID):
    found = {}
    for app in applications.values():
        found |= operations(without(derive(app, losses), unsaid))
    return found


def test_the_written_and_the_derived_document_agree(openapi, applications):
    assert differences(written(openapi), derived(applications)) == []


def test_every_operation_has_one_application(openapi, applications):
    served = [set(operations(derive(app, LOSSES))) for app in applications.values()]
    assert not set.intersection(*served)
    assert set.union(*served) == set(operations(openapi))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_known_loss_of_the_exporter_is_still_one(openapi, applications, loss):
    """When FastAPI learns to say it, this fails: take the loss off the list."""
    others = [one for one in LOSSES if one is not loss]
    try:
        found = differences(written(openapi), derived(applications, others))
    except LookupError:
        return
    assert found, f"nothing is lost any more: remove {loss.name!r} ({loss.reason})"


@pytest.mark.parametrize("unsaid", UNSAID, ids=lambda unsaid: unsaid.name)
def test_what_models_can_t_say_is_still_unsaid(openapi, applications, unsaid):
    """When the models learn to say it, this fails: take the keyword off the list."""
    others = tuple(one for one in UNSAID if one is not unsaid)
    found = differences(written(openapi, others), derived(applications, unsaid=others))
    assert found, f"the models say it now: remove {unsaid.name!r} ({unsaid.reason})"


def test_the_data_of_every_frame_has_the_model_that_the_contract_says(openapi):
    schemas = openapi["components"]["schemas"]
    contents = {
        name: schema["properties"]["data"]["contentSchema"]["$ref"].rpartition("/")[2]
        for name, schema in schemas.items()
        if "contentSchema" in schema.get("properties", {}).get("data", {})
    }
    assert set(contents) == {
        reference["$ref"].rpartition("/")[2] for reference in schemas["StreamFrame"]["oneOf"]
    }
    for name in contents.values():
        model = TypeAdapter(getattr(stream, name, None) or getattr(event, name))
        known = model.json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        document = {"components": {"schemas": known.pop("$defs", {})}}
        said = canonical(without(schemas[name], UNSAID), without(openapi, UNSAID))
        assert differences(said, canonical(known, document)) == [], name


DIFFERENT = {"discriminator", "x-parser-schema-id"}


async def test_the_served_documents_are_the_written_ones(applications, openapi, asyncapi):
    for path, written in (("/openapi.json", openapi), ("/asyncapi.json", asyncapi)):
        route = next(
            route
            for route in applications["service"].routes
            if getattr(route, "path", None) == path
        )
        served = json.loads(route.endpoint.__self__.content)
        assert differences(_plain(written), _plain(served)) == [], path


def _plain(document):
    """Leave out what differs on purpose, for the sake of AsyncAPI's tools.

    They do not know OpenAPI's discriminator objects, so the served document has none; and it names
    each schema by the extension that their parser names them by.
    """
    if isinstance(document, dict):
        return {key: _plain(value) for key, value in document.items() if key not in DIFFERENT}
    return [_plain(one) for one in document] if isinstance(document, list) else document
