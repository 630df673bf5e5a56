"""The numbers behind `/metrics`: all of them are there, under the type that their name says."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import Latency, Metrics, registry_of


def told(metrics: Metrics):
    text = generate_latest(registry_of(lambda: metrics)).decode()
    return list(text_string_to_metric_families(text))


def test_every_number_is_rendered_with_its_type_and_value() -> None:
    metrics = Metrics()
    numbers = [name for name in Metrics.__slots__ if type(getattr(metrics, name)) is int]
    for value, name in enumerate(numbers, 1):
        setattr(metrics, name, value)
    families = {
        sample.name: (family.type, sample.value, family.documentation)
        for family in told(metrics)
        for sample in family.samples
        if not sample.name.endswith("_created") and not sample.labels
    }
    for name in ("event_seconds_sum", "event_seconds_count"):
        assert families.pop(f"slipway_gateway_{name}")[1] == 0
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


def test_what_is_told_apart_has_labels() -> None:
    metrics = Metrics()
    metrics.resumes["reset"] += 2
    metrics.refills["log"] += 1
    metrics.put_aside["events.sse", "missing"] += 3
    samples = {(s.name, *s.labels.values()): s.value for f in told(metrics) for s in f.samples}
    assert samples["slipway_gateway_resumes_total", "reset"] == 2
    assert samples["slipway_gateway_refills_total", "log"] == 1
    assert samples["slipway_messages_put_aside_total", "events.sse", "missing"] == 3


def test_latencies_fall_into_buckets_that_add_up() -> None:
    latency = Latency()
    for seconds in (-5.0, 0.001, 0.0011, 0.3, 999.0):
        latency.observe(seconds)
    buckets = dict(latency.buckets())
    assert (buckets["0.001"], buckets["0.0025"], buckets["0.25"], buckets["0.5"]) == (2, 3, 3, 4)
    assert (buckets["30.0"], buckets["+Inf"]) == (4, 5)
    assert latency.total == 0.001 + 0.0011 + 0.3 + 999.0
