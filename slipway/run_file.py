"""`run.json` in SLIPWAY_HOME: where a running `slipway up` is reached. For its owner only."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from backbone.settings import Settings

NAME = "run.json"


class NotRunningError(RuntimeError):
    """There is no `slipway up` in this home."""


@dataclass(frozen=True, slots=True)
class Run:
    """The addresses of a running stack; URLs may carry the embedded broker's password."""

    pid: int
    base_url: str
    simulator_url: str | None
    amqp_url: str | None
    database_url: str
    demo_email: str | None
    demo_password: str | None
    operator_email: str | None = None
    operator_password: str | None = None


def write(home: Path, run: Run) -> Path:
    """Write the file in one step, so that a reader sees all or nothing."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / NAME
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(run), file, indent=2)
    part.replace(path)
    return path


def read(home: Path) -> Run:
    """Return the running stack of this home.

    Raises:
        NotRunningError: no file, or the process that wrote it is gone.
    """
    path = home / NAME
    try:
        run = Run(**json.loads(path.read_text()))
        os.kill(run.pid, 0)
    except (ValueError, TypeError) as error:
        raise NotRunningError(
            f"cannot read {path}; delete it, and start `slipway up` or set RABBITMQ_URL"
        ) from error
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError) as error:
        raise NotRunningError(
            f"no `slipway up` runs with SLIPWAY_HOME={home}; start it, or set RABBITMQ_URL"
        ) from error
    return run


def broker_url(settings: Settings) -> str:
    """Return the broker's URL: the configured one, else that of the `slipway up` of this home.

    Raises:
        NotRunningError: neither is there.
    """
    url = settings.amqp_url or read(settings.slipway_home).amqp_url
    if url is None:
        raise NotRunningError("the running stack has no broker; set RABBITMQ_URL")
    return url


def remove(home: Path) -> None:
    """Forget this process's run; leaves the file of another process alone."""
    try:
        if read(home).pid == os.getpid():
            (home / NAME).unlink()
    except NotRunningError:
        (home / NAME).unlink(missing_ok=True)
