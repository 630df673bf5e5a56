"""`slipway up` and `slipway demo`: the stack, its announcement, and its end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from backbone.settings import Settings
from backbone.telemetry import configure_logging
from backbone.tracing.start import start_tracing
from slipway import run_file
from slipway.demo import Credentials, new_shortdomain, order_and_follow, signed_in, watch
from slipway.embedded import refuse_absent_broker, refuse_silent_simulator
from slipway.progress import JobProgress, told
from slipway.stack import Stack, run_of, running_stack
from slipway.worker_process import WorkerProcess

console = Console()


async def up(
    settings: Settings,
    worker: WorkerProcess,
    stop: asyncio.Event,
    *,
    host: str,
    port: int,
    demo: bool,
    simulator: bool,
) -> int:
    """Run everything until told to stop.

    Raises:
        ListenError: nobody can listen there.
        SettingsError: the settings do not fit together.
    """
    if not simulator:
        refuse_silent_simulator(settings)
    configure_logging("up", level=settings.log_level, style=settings.log_format)
    start_tracing("up")
    async with running_stack(settings, worker, host=host, port=port, demo=demo) as stack:
        with announced(stack):
            await stop.wait()
    return 0


async def demo(
    settings: Settings,
    worker: WorkerProcess,
    stop: asyncio.Event,
    *,
    host: str,
    port: int,
    once: bool,
    shortdomain: str | None,
) -> int:
    """Run everything, do the main job, and stay up unless `once`; 0 if the job completed.

    Raises:
        ListenError: nobody can listen there.
        SettingsError: the broker that they name does not answer.
    """
    # The job's progress is what the reader is here for; only trouble is logged beside it.
    if "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "warning"})
    configure_logging("demo", level=settings.log_level, style=settings.log_format)
    start_tracing("up")
    await refuse_absent_broker(settings)
    async with running_stack(
        settings, worker, host=host, port=port, search=True, demo=True
    ) as stack:
        with announced(stack):
            if stack.credentials is None:
                raise RuntimeError("the demo needs its demo team")
            name = shortdomain or new_shortdomain()
            ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            doing = asyncio.create_task(
                _do(stack.base_url, stack.credentials, name, ended, once=once)
            )
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if doing.done():
                doing.result()
            doing.cancel()
            return 130 if not ended.done() else 0 if ended.result() == "completed" else 1


async def _do(
    base_url: str,
    credentials: Credentials,
    shortdomain: str,
    ended: asyncio.Future[str],
    *,
    once: bool,
) -> None:
    """Do the main job and tell how it `ended`; then, unless `once`, tell of all others."""
    progress = JobProgress(console, shortdomain)
    async with signed_in(base_url, credentials) as client:
        with progress.shown():
            status, position = await order_and_follow(client, shortdomain, progress.report)
        ended.set_result(status)
        if not once:
            console.print("Still running; press Ctrl-C to end. Orders from the console show here.")
            async for frame in watch(client, position):
                console.print(told(frame))


@contextmanager
def announced(stack: Stack) -> Iterator[None]:
    """Print the addresses and keep the run file while the block runs."""
    run = run_of(stack)
    run_file.write(stack.settings.slipway_home, run)
    table = Table.grid(padding=(0, 2))
    if stack.console_url:
        # Not in the table: a terminal would break the link in two where its window ends.
        line = f"Console  {stack.console_url}"
        console.print(line, style="bold", soft_wrap=True, highlight=False)
    for name, value in (
        ("API", f"{run.base_url}/api/v1"),
        ("API documentation", f"{run.base_url}/docs"),
        ("Message documentation", f"{run.base_url}/docs/events"),
        ("Event stream", f"{run.base_url}/api/v1/events"),
        ("Provider", run.simulator_url),
        ("Sign in as", run.demo_email and f"{run.demo_email}  {run.demo_password}"),
    ):
        if value:
            table.add_row(name, value, style="bold" if name == "API" else None)
    console.print(table)
    if stack.without_users:
        console.print(
            "Nobody can sign in yet: make the first user with "
            "`slipway admin bootstrap you@example.com`."
        )
    try:
        yield
    finally:
        run_file.remove(stack.settings.slipway_home)
