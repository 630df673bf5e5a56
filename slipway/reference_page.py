"""The reference of metrics and log events as a page: asked of the registries, read in the code."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from backbone.database.engine import create_engine
from backbone.http.exposition import process_registry
from backbone.relay.depth import NO_QUEUE, job_queues
from backbone.relay.installation import Installation, Snapshot
from backbone.relay.metrics import RelayMetrics
from backbone.settings import load_settings
from gateway.metrics import Metrics, registry_of
from service.metrics import RequestMetrics
from worker.metrics import WorkerMetrics

PACKAGES: Final = ("backbone", "service", "worker", "gateway", "slipway")
LEVELS: Final = ("debug", "info", "warning", "error", "exception")
EACH_LINE: Final = ("timestamp", "level", "event", "logger", "process")
CONTEXT: Final = (
    "request_id",
    "user_id",
    "team_id",
    "job_id",
    "attempt",
    "task_id",
    "trace_id",
    "span_id",
    "exception",
)
_ROOT: Final = Path(__file__).resolve().parents[1]
_SUFFIXES: Final = {"counter": "_total"}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


INTRODUCTION: Final = f"""# Metrics and log events

`slipway reference` prints this page; `make generate` writes it, and a test compares it with what
four running processes told.

Every process serves `/metrics` on its admin port (`ADMIN_PORT`), in the Prometheus text format or,
for who asks for it, as OpenMetrics with exemplars: while traces are recorded
([tracing.md](tracing.md)), histograms name the trace of one of their values.

With `LOG_FORMAT=json` every line of every process, of libraries too, is one JSON object. Each has
{_listed(EACH_LINE)}; `event` is the name of one of the events below, or what a library said.
What is known of the work is added: {_listed(CONTEXT)}.
Secrets are replaced by `[redacted]`."""


@dataclass(slots=True)
class LogEvent:
    """An event that the code logs: with which levels and fields, and in which modules."""

    name: str
    levels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    open: bool = False
    """Whether fields are added that the code does not name."""


def metrics_by_process() -> Mapping[str, Sequence[Metric]]:
    """Return what each kind of process counts; `each` is what all of them tell."""
    settings = load_settings({})
    engine = create_engine("sqlite://")
    relay = CollectorRegistry()
    RelayMetrics(relay)
    topology = settings.topology()
    queues = dict.fromkeys([*job_queues(topology).values(), "jobs.dead"], NO_QUEUE)
    installation = Installation(engine, "", topology, dead_queues=["jobs.dead"])
    installation.show(Snapshot([], 0, 0.0, {("", ""): 0}, {"": 0.0}, queues, {"": 0}, 0.0))
    relay.register(installation)
    # A metric tells its labels only with a value.
    service, worker, gateway = RequestMetrics(CollectorRegistry()), WorkerMetrics(), Metrics()
    service.count("GET", "/", 200, 0.0)
    worker.deliveries.labels(kind="", outcome="")
    worker.seconds.labels(kind="")
    worker.calls.labels(method="", outcome="")
    worker.put_aside.labels(queue="", reason="")
    gateway.resumes["fresh"] = gateway.refills["log"] = gateway.put_aside["", ""] = 0
    registries = {
        "service": service.registry,
        "relay": relay,
        "worker": worker.registry,
        "gateway": registry_of(lambda: gateway),
        "each": process_registry(engine),
    }
    return {name: list(registry.collect()) for name, registry in registries.items()}


def stored_name(metric: Metric) -> str:
    """Return the name by which Prometheus knows it; a histogram's is that of its `_bucket`."""
    return metric.name + _SUFFIXES.get(metric.type, "")


def log_events(root: Path = _ROOT) -> dict[str, LogEvent]:
    """Read the code's calls of loggers. Raises LookupError for an event without a literal name."""
    found: dict[str, LogEvent] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = str(path.relative_to(root))
            for call, level in _calls(ast.parse(path.read_text())):
                for name in _names(call, module):
                    event = found.setdefault(name, LogEvent(name))
                    event.levels.add("error" if level == "exception" else level)
                    event.modules.add(module)
                    event.open |= any(keyword.arg is None for keyword in call.keywords)
                    event.fields |= {keyword.arg for keyword in call.keywords if keyword.arg}
    return dict(sorted(found.items()))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"log", "_log", "logger"}
            and node.func.attr in LEVELS
        ):
            yield node, node.func.attr


def _names(call: ast.Call, module: str) -> list[str]:
    """Return the event's name, or both where the code chooses between two."""
    told = call.args[0] if call.args else None
    choices = [told.body, told.orelse] if isinstance(told, ast.IfExp) else [told]
    names = [
        choice.value
        for choice in choices
        if isinstance(choice, ast.Constant) and isinstance(choice.value, str)
    ]
    if len(names) != len(choices):
        raise LookupError(f"{module}:{call.lineno} logs an event without a literal name")
    return names


def reference_page() -> str:
    """Write the Markdown page. Raises LookupError as `log_events` does."""
    lines = [INTRODUCTION]
    for process, metrics in metrics_by_process().items():
        title = "Every process" if process == "each" else f"The {process}"
        lines += ["", f"## {title}: metrics", ""]
        lines += ["| metric | type | labels | meaning |", "|---|---|---|---|"]
        for metric in sorted(metrics, key=lambda metric: metric.name):
            lines.append(
                f"| `{stored_name(metric)}` | {metric.type} | {_labels(metric)} "
                f"| {metric.documentation} |"
            )
    lines += ["", "## Log events", "", "| event | level | fields | in |", "|---|---|---|---|"]
    for event in log_events().values():
        fields = [f"`{name}`" for name in sorted(event.fields)] + ["…"] * event.open
        modules = ", ".join(f"`{module}`" for module in sorted(event.modules))
        levels = ", ".join(sorted(event.levels))
        lines.append(f"| `{event.name}` | {levels} | {', '.join(fields)} | {modules} |")
    return "\n".join(lines) + "\n"


def _labels(metric: Metric) -> str:
    told = {name for sample in metric.samples for name in sample.labels if name != "le"}
    return ", ".join(f"`{name}`" for name in sorted(told))
