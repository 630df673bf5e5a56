"""The numbers behind `/metrics`: all of them are there, under the type that their name says."""

from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import Metrics, exposition


def test_every_number_is_rendered_with_its_type_and_value() -> None:
    metrics = Metrics()
    numbers = [name for name in Metrics.__slots__ if name != "last_error"]
    for value, name in enumerate(numbers, 1):
        setattr(metrics, name, value)
    families = {
        sample.name: (family.type, sample.value, family.documentation)
        for family in text_string_to_metric_families(exposition(metrics).decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert set(families) == {f"slipway_gateway_{name}" for name in numbers}
    for value, name in enumerate(numbers, 1):
        kind, rendered, help_text = families[f"slipway_gateway_{name}"]
        assert rendered == value
        assert kind == ("counter" if name.endswith("_total") else "gauge")
        assert help_text


def test_a_misspelt_number_is_refused() -> None:
    metrics = Metrics()
    try:
        metrics.deliverys_total = 1  # type: ignore[attr-defined]
    except AttributeError:
        return
    raise AssertionError("it would be counted and never shown")
