"""Every kind of program on the documentation pages runs as it stands against a live stack."""

import asyncio
import json
import subprocess
import time
from pathlib import Path

import aio_pika
import pytest
from documentation.programs import (
    SECONDS,
    line_with,
    node_project,
    output,
    program,
    running,
    samples,
    wire,
)

from flows.orders import shortdomain, signed_in
from slipway import demo
from slipway.amqp.broker import Broker
from testing.browser import chromium
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import FOLDER, packages
from testing.stack import RunningStack

HTTP, EVENTS = samples("http.html"), samples("events.html")
KINDS = [
    pytest.param(kind, marks=[pytest.mark.node] if kind == "typescript" else [])
    for kind in ("curl", "python", "typescript")
]

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(autouse=True)
def _node(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("node"):
        try:
            program("npm")
            packages(FOLDER)
        except ServiceMissing as reason:
            skip_or_fail(reason)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_question_is_answered(kind: str, exported, tmp_path: Path) -> None:
    async with running(kind, HTTP["getMe"][kind], tmp_path, exported) as process:
        assert "demo" in await output(process)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_order_is_taken(kind: str, exported, tmp_path: Path) -> None:
    # The example's name can be ordered once only.
    text = HTTP["createEnvironment"][kind].replace("shop-42", shortdomain("sample"))
    async with running(kind, text, tmp_path, exported) as process:
        assert "queued" in await output(process)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_is_read(kind: str, exported, tmp_path: Path) -> None:
    async with running(kind, HTTP["streamEvents"][kind], tmp_path, exported) as process:
        assert "sync" in await line_with(process, "sync")


@pytest.mark.browser
def test_a_page_listens(exported) -> None:
    script = HTTP["streamEvents"]["eventsource"]
    try:
        with chromium() as browser:
            context = browser.new_context(base_url=exported["ORIGIN"])
            session = {"name": "slipway_session", "value": exported["TOKEN"]}
            context.add_cookies([{**session, "url": exported["ORIGIN"]}])
            page = context.new_page()
            page.route(
                "**/page",
                lambda route: route.fulfill(
                    body=f"<!doctype html><script>{script}</script>", content_type="text/html"
                ),
            )
            with page.expect_console_message(lambda told: told.text.startswith("sync ")):
                page.goto("/page")
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.mark.parametrize("kind", ["aio-pika", pytest.param("amqplib", marks=pytest.mark.node)])
async def test_an_integrator_hears_of_a_job(
    kind: str, embedded: RunningStack, exported, tmp_path: Path
) -> None:
    text = EVENTS["sendJobStatus"][kind].replace("my-program.", f"{kind}.")
    connection = await aio_pika.connect(exported["AMQP_URL"])
    async with (
        running(kind, text, tmp_path, exported) as process,
        connection,
        signed_in(embedded) as client,
    ):
        await until_consumed(connection, f"{kind}.job-status")
        accepted = await demo.order(client, shortdomain("heard"))
        line = await line_with(process, f".job.{accepted['job_id']}.status")
    assert line.startswith("team.")


async def until_consumed(connection: aio_pika.abc.AbstractConnection, queue: str) -> None:
    """Wait until somebody consumes from a queue that may not be there yet."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        channel = await connection.channel()
        try:
            declared = await channel.declare_queue(queue, passive=True)
            if declared.declaration_result.consumer_count:
                return
        except aio_pika.exceptions.ChannelNotFoundEntity:
            pass
        finally:
            if not channel.is_closed:
                await channel.close()
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody consumes from {queue}")


async def test_a_worker_takes_a_task_as_the_page_has_it_on_the_wire(tmp_path: Path) -> None:
    """On a broker of its own, because it would take the tasks of the stack's worker."""
    async with Broker() as broker:
        own = {"AMQP_URL": broker.url}
        text = EVENTS["receiveCreateEnvironment"]["celery"]
        async with running("celery", text, tmp_path, own) as process:
            connection = await aio_pika.connect(broker.url)
            async with connection:
                await until_consumed(connection, "jobs.env.create")
                properties, headers, body = wire("events.html", "receiveCreateEnvironment")
                message = aio_pika.Message(json.dumps(body).encode(), headers=headers, **properties)
                channel = await connection.channel()
                exchange = await channel.get_exchange("jobs.direct")
                await exchange.publish(message, "jobs.env.create")
                line = await line_with(process, "shop-42")
    assert "'team_id': 7" in line


@pytest.mark.node
def test_every_typescript_sample_passes_the_compiler(tmp_path: Path) -> None:
    folder = node_project(tmp_path)
    for name, kinds in HTTP.items():
        (folder / f"{name}.ts").write_text(kinds["typescript"])
    options = [
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom,dom.iterable",
    ]
    done = subprocess.run(
        [packages(FOLDER) / ".bin" / "tsc", *options, *(f"{name}.ts" for name in HTTP)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
