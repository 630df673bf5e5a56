"""`slipway smoke …`: the commands."""

from typing import Annotated

import anyio
import typer

from backbone.settings import Settings, load_settings
from backbone.telemetry import configure_logging
from generated.models.job import JobStatus
from slipway.options import BaseUrl, Email
from slipway.run_file import broker_url
from slipway.smoke.events import publish_statuses, round_trip
from slipway.smoke.stream import SMOKE_JOB, follow_published
from slipway.smoke.worker import worker_stub
from slipway.who import who

app = typer.Typer(no_args_is_help=True)


TeamId = Annotated[int, typer.Option("--team-id", min=0, help="The team of the events.")]
JobId = Annotated[int, typer.Option("--job-id", min=0, help="The job of the events.")]
Count = Annotated[int, typer.Option(min=1, max=1000, help="How many events.")]


def _settings() -> Settings:
    """Load the settings, and keep the log to what is wrong: the tools tell what they do."""
    configure_logging("smoke", level="error")
    return load_settings()


@app.command("sse-stream")
def sse_stream(
    count: Count = 3,
    email: Email = None,
    base_url: BaseUrl = None,
) -> None:
    """Sign in, listen, publish events through the broker, and hear each of them."""
    settings = _settings()
    origin, credentials = who(settings, email, base_url)

    async def run() -> None:
        await follow_published(
            origin,
            credentials,
            broker_url(settings),
            settings.topology(),
            count=count,
            tell=typer.echo,
        )

    anyio.run(run)
    typer.echo("ok: each event arrived on the stream")


@app.command("publish-status")
def publish_status(
    team_id: TeamId,
    job_id: JobId = SMOKE_JOB,
    count: Count = 1,
    status: Annotated[JobStatus, typer.Option(help="The status that is told.")] = JobStatus.polling,
) -> None:
    """Publish status events without a position: streams show them, and nothing moves by them."""
    settings = _settings()

    async def run() -> None:
        await publish_statuses(
            broker_url(settings),
            settings.topology(),
            team_id=team_id,
            job_id=job_id,
            status=status,
            count=count,
        )

    anyio.run(run)
    typer.echo(f"ok: {count} confirmed, team.{team_id}.job.{job_id}.status")


@app.command("rabbitmq-roundtrip")
def rabbitmq_roundtrip(team_id: TeamId = 0, job_id: JobId = SMOKE_JOB) -> None:
    """Publish an event and take it back from a queue bound as a gateway's is."""
    settings = _settings()

    async def run() -> float:
        return await round_trip(
            broker_url(settings), settings.topology(), team_id=team_id, job_id=job_id
        )

    seconds = anyio.run(run)
    typer.echo(f"ok: there and back in {seconds * 1000:.1f} ms")


@app.command("worker")
def worker() -> None:
    """Do a job's whole life eagerly, at the simulator, in a folder of its own."""
    _settings()

    async def run() -> None:
        await worker_stub(typer.echo)

    anyio.run(run)
    typer.echo("ok: the job completed")
