"""Documents that differ from ours in every respect become code that type-checks and runs."""

import importlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange
from faststream.rabbit import TestRabbitBroker as InMemoryBroker

from contractkit.errors import UnsupportedError
from contractkit.generator.generate import generate
from contractkit.level import Level
from contractkit.lint.run import lint
from contractkit.options import Options

HERE = Path(__file__).parent
DOCUMENTS = {
    "library": "library/asyncapi.yaml",
    "warehouse": "warehouse/warehouse.json",
    "calculator": "calculator/asyncapi.yml",
    "weather": "weather/asyncapi.yaml",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("foreign")
    for name, document in DOCUMENTS.items():
        generate(Options(HERE, None, document, folder / f"{name}_contract"))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for module in [m for m in sys.modules if m.split(".")[0].endswith("_contract")]:
        del sys.modules[module]


@pytest.fixture
def load(folder):
    return lambda name, module: importlib.import_module(f"{name}_contract.{module}")


def run(folder, *command):
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_all_of_it_passes_mypy_strict_and_ruff(folder):
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    packages = [part for name in DOCUMENTS for part in ("-p", f"{name}_contract")]
    checked = run(folder, "mypy", "--config-file", "mypy.ini", *packages)
    assert checked.returncode == 0, checked.stdout
    options = ("--isolated", "--line-length", "100", "--no-cache")
    assert run(folder, "ruff", "format", "--check", *options, ".").returncode == 0
    linted = run(folder, "ruff", "check", "--select", "E4,E7,E9,F,I,UP,B", *options, ".")
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("name", DOCUMENTS)
def test_lint_has_no_errors_about_them(name):
    violations = lint(Options(HERE, None, DOCUMENTS[name], HERE / "none"))
    errors = [f for f in violations if f.level is Level.ERROR]
    assert errors == []
    assert not any(f.rule == "not-generated" for f in violations)


class Recorder:
    def __init__(self, **answers):
        self.received = []
        self.answers = answers

    def __getattr__(self, name):
        async def handle(payload, delivery):
            self.received.append((name, payload, delivery))
            return self.answers.get(name)

        return handle


async def test_library_by_type_property_headers_and_ignored_messages(load):
    message = load("library", "messaging.message")
    publisher = load("library", "messaging.publisher")
    app = load("library", "messaging.application")
    loan, messages = load("library", "models.loan"), load("library", "models.messages")
    broker, recorder = RabbitBroker(), Recorder()
    app.build_application_application_on_loan_subscriber(broker, recorder)
    app.build_application_application_on_return_only_subscriber(broker, recorder)
    app.build_application_reminders_subscriber(broker, recorder)
    book = loan.Book(isbn="9780141439600", title="Emma")
    lent = loan.Loan(branch=loan.Branch(code="north"), book=book, due=date(2026, 12, 24))
    back = messages.BookReturnedPayload(branch={"code": "north"}, isbn="1", **{"class": "fiction"})
    outgoing = message.publish_loan(lent, action="lent", desk=4)
    assert (outgoing.routing_key, outgoing.exchange) == ("loans.north.lent", "library.loans")
    assert (outgoing.type, outgoing.priority, outgoing.expiration) == ("BookLent", 9, 60000)
    assert (outgoing.mandatory, outgoing.content_type) == (True, "application/vnd.library+json")
    assert outgoing.headers["x-desk"] == 4
    async with InMemoryBroker(broker):
        service = publisher.ApplicationPublisher(broker)
        await broker.publish(
            outgoing.body, exchange=RabbitExchange("library.loans", type=ExchangeType.TOPIC),
            routing_key=outgoing.routing_key, headers=outgoing.headers,
            content_type=outgoing.content_type, message_type="BookLent",
        )  # fmt: skip
        await service.publish_loan(back, action="returned", desk=5)
        await service.send_reminder([book])
    names = [(name, type(payload).__name__) for name, payload, _ in recorder.received]
    assert sorted(names) == [
        ("on_loan", "BookReturnedPayload"),
        ("on_loan", "Loan"),
        ("on_return_only", "BookReturnedPayload"),
        ("print_reminder", "list"),
    ]
    first = next(delivery for name, _, delivery in recorder.received if name == "on_loan")
    assert (first.branch, first.action, first.desk, first.sent_at) == ("north", "lent", 4, None)


async def test_other_names_of_queues_and_keys_hold_on_the_way_in_too(load):
    app = load("library", "messaging.application")
    message = load("library", "messaging.message")
    publish = load("library", "messaging.publisher").publish
    book = load("library", "models.loan").Book(isbn="9780141439600", title="Emma")
    default = load("library", "messaging.topology").DEFAULT_TOPOLOGY
    topology = default.replace(queues={"reminders": "letters"})
    broker, recorder = RabbitBroker(), Recorder()
    app.build_application_reminders_subscriber(broker, recorder, topology=topology)
    async with InMemoryBroker(broker):
        await publish(broker, message.send_reminder([book], topology=topology))
    assert [name for name, _, _ in recorder.received] == ["print_reminder"]


async def test_a_fanout_exchange_delivers_whatever_the_routing_key(load):
    app = load("warehouse", "messaging.application")
    broker, recorder = RabbitBroker(), Recorder()
    app.build_application_application_hear_alarm_subscriber(broker, recorder)
    async with InMemoryBroker(broker):
        await broker.publish(
            b'"Fire"',
            exchange=RabbitExchange("alarms", type=ExchangeType.FANOUT),
            routing_key="anything",
            content_type="application/json",
        )
    assert [payload for _, payload, _ in recorder.received] == ["Fire"]


def test_library_topology_has_defaults_for_what_is_left_open(load):
    topology = load("library", "messaging.topology").DEFAULT_TOPOLOGY
    queue = topology.queue("application.onLoan")
    assert queue.durable
    assert queue.arguments == {"x-dead-letter-exchange": "city-library.dead"}
    assert topology.exchange("city-library.dead").type == "topic"
    assert topology.queue("reminders").arguments == {}
    keys = {(b.queue, b.routing_key) for b in topology.bindings}
    assert ("application.onLoan", "loans.*.*") in keys
    assert ("city-library.dead", "#") in keys


async def test_warehouse_unions_fanout_and_addresses_with_slashes(load):
    message = load("warehouse", "messaging.message")
    app = load("warehouse", "messaging.application")
    models = load("warehouse", "models.warehouse")
    topology = load("warehouse", "messaging.topology").DEFAULT_TOPOLOGY
    assert topology.exchange("alarms").type == "fanout"
    assert topology.exchange("warehouse-stock-api").type == "topic"
    outbound = models.Outbound(kind="outbound", quantity=2.5, customer=None)
    assert message.move_stock(outbound, sku="A1").routing_key == "stock/changed/A1"
    assert json.loads(message.raise_alarm("Fire").body) == "Fire"
    error = load("warehouse", "messaging.contract").ContractError
    with pytest.raises(error):
        message.raise_alarm("")
    with pytest.raises(error, match="routing_word"):
        message.move_stock(outbound, sku="a.b")
    broker, recorder = RabbitBroker(), Recorder()
    app.build_application_application_stock_moved_subscriber(broker, recorder)
    exchange = RabbitExchange("warehouse-stock-api", type=ExchangeType.TOPIC)
    async with InMemoryBroker(broker):
        # FastStream's in-memory topic match knows words between dots only, so send to its queue.
        (subscriber,) = broker.subscribers
        assert subscriber.queue.routing() == "*"
        for body in (outbound.model_dump_json(), '{"a":1}'):
            await broker.publish(
                body.encode(), exchange=exchange, routing_key="stock/changed/A1",
                content_type="application/json",
            )  # fmt: skip
    assert recorder.received[0][1] == outbound
    assert recorder.received[1][1] == {"a": 1}
    assert recorder.received[0][2].sku == "A1"


@pytest.mark.parametrize("apply_types", [True, False])
async def test_calculator_answers_to_reply_to(load, apply_types):
    models = load("calculator", "models.asyncapi")
    publisher = load("calculator", "messaging.publisher")
    app = load("calculator", "messaging.calculator")
    broker = RabbitBroker(apply_types=apply_types)
    recorder = Recorder(compute_sum=models.ResultPayload(type="result", value=3.5))
    app.build_calculator_sums_subscriber(broker, recorder)
    async with InMemoryBroker(broker):
        answer = await publisher.PupilPublisher(broker).ask_sum(models.SumPayload(numbers=[1, 2.5]))
    assert answer == models.ResultPayload(type="result", value=3.5)


async def test_calculator_answers_over_a_channel(load):
    models = load("calculator", "models.asyncapi")
    app = load("calculator", "messaging.calculator")
    topology = load("calculator", "messaging.topology").DEFAULT_TOPOLOGY
    broker, answers = RabbitBroker(), []
    recorder = Recorder(find_primes=models.ResultPayload(type="result", value=7))
    app.build_calculator_calculator_find_primes_subscriber(broker, recorder)
    exchange = RabbitExchange(topology.exchange("calculator").name, type=ExchangeType.TOPIC)

    @broker.subscriber("primes.answers", exchange)
    async def listen(body: dict) -> None:
        answers.append(body)

    async with InMemoryBroker(broker):
        await broker.publish({"numbers": [9]}, exchange=exchange, routing_key="primes")
    assert answers == [{"type": "result", "value": 7.0}]


async def test_weather_expands_enums_and_fills_constant_headers(load):
    message = load("weather", "messaging.message")
    screen = load("weather", "messaging.screen")
    models = load("weather", "models.asyncapi")
    topology = load("weather", "messaging.topology").DEFAULT_TOPOLOGY
    assert message.measure(models.WindPayload(kind="wind", knots=9)).routing_key == "measured.wind"
    warning = message.warn(models.WarningPayload(text="Storm"), level=2, color="red")
    assert warning.headers == {"level": 2, "origin": "national", "color": "red"}
    with pytest.raises(load("weather", "messaging.contract").ContractError, match="/headers/level"):
        message.warn(models.WarningPayload(), level=4)
    keys = sorted(b.routing_key for b in topology.bindings)
    assert keys == ["measured.rain", "measured.wind", "warned"]
    assert "weather.dead" not in topology.exchanges
    broker, recorder = RabbitBroker(), Recorder()
    built = screen.build_screen_subscriber(broker, recorder, instance="one")
    assert {subscriber.queue.name for subscriber in built} == {"screen.one"}
    async with InMemoryBroker(broker):
        station = load("weather", "messaging.publisher").StationPublisher(broker)
        await station.warn(models.WarningPayload(text="Storm"), level=2)
    ((name, payload, delivery),) = recorder.received
    assert (name, payload.text, delivery.level, delivery.color) == (
        "receive_warning",
        "Storm",
        2,
        None,
    )


REFUSED = [
    ("protocol: amqp", "protocol: kafka", "no AMQP server"),
    ("enum: [rain, wind], ", "", "can't bind"),
    ("type: direct", "type: headers", "headers exchange"),
    ("location: $message.payload#/kind", "location: $message.payload#/sort", "not a required property"),
    ("info: {title: Weather, version: '7'}", "info: {title: W, version: '7'}\ndefaultContentType: avro/binary", "not JSON"),
    ("x-queue: {name: screen,", "x-queue: {name: 'screen.{id}',", "only at run time"),
    ("payload: {type: object, properties: {text", "payload: {$dynamicRef: '#x', type: object, properties: {text", "dynamicRef"),
    ("headers: {$ref: '#/components/schemas/Level'}\n", "headers: {$ref: 'https://x.example/l.json'}\n", "another host"),
    ("asyncapi: 3.0.0", "asyncapi: 1.2.0", "AsyncAPI 1.2.0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), REFUSED)
def test_what_has_no_code_is_refused_by_place_and_nothing_is_written(tmp_path, old, new, words):
    text = (HERE / "weather/asyncapi.yaml").read_text()
    assert old in text
    (tmp_path / "asyncapi.yaml").write_text(text.replace(old, new, 1))
    output = tmp_path / "generated"
    with pytest.raises(UnsupportedError, match=words) as caught:
        generate(Options(tmp_path, None, "asyncapi.yaml", output, strict=True))
    assert caught.value.location.file == "asyncapi.yaml"
    assert caught.value.location.line > 1 or "1.2.0" in words
    assert caught.value.mend
    assert not output.exists()
