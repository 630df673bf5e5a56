"""A complete Slipway as a child process, for the tests that go the whole way."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from slipway import run_file
from testing.launch import Running, launch
from testing.log_scan import secrets_in
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost

_OPTIONS = ("--port", "0", "--demo", "--simulator", "--with-parent")
START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a Slipway answers, and whom it lets in."""

    base_url: str
    email: str
    password: str
    amqp_url: str | None = None


def stack_variants() -> list[str]:
    """Return the stacks that the main job is followed on."""
    return ["embedded", "external"]


class RunningStack:
    """`slipway up --demo` on a free port, with a home and services of its own."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = environment
        self.log = home / "slipway.log"
        self.process: Running | None = None
        self._pipe: int | None = None
        self.run: run_file.Run | None = None

    @classmethod
    @contextmanager
    def start(cls, variant: str, home: Path, **settings: str) -> Iterator["RunningStack"]:
        """Start it, wait until it is ready, and stop it cleanly at the end."""
        with ExitStack() as services:
            environment = bare_environment(home) | settings
            if variant == "external":
                environment["DATABASE_URL"] = services.enter_context(postgres_database())
                environment["RABBITMQ_URL"] = services.enter_context(rabbitmq_vhost())
            stack = cls(home, environment)
            try:
                stack.launch()
                yield stack
            finally:
                stack.stop()
            leaks = stack.leaks()
            if leaks:
                raise AssertionError(f"secrets in {stack.log}:\n" + "\n".join(leaks))

    @property
    def origin(self) -> Origin:
        assert self.run is not None
        assert self.run.demo_email is not None
        assert self.run.demo_password is not None
        return Origin(
            self.run.base_url, self.run.demo_email, self.run.demo_password, self.run.amqp_url
        )

    @property
    def operator(self) -> Origin:
        """The same, for the platform's operator."""
        assert self.run is not None
        assert self.run.operator_email is not None
        assert self.run.operator_password is not None
        return Origin(self.run.base_url, self.run.operator_email, self.run.operator_password)

    def launch(self) -> None:
        self._close_pipe()
        # Open for as long as this process lives, so that a killed one leaves no stack.
        stdin, self._pipe = os.pipe()
        with self.log.open("ab") as log:
            self.process = launch(
                "slipway", ["up", *_OPTIONS], self.environment, output=log.fileno(), stdin=stdin
            )
        os.close(stdin)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"slipway up ended with {self.process.returncode}:\n{self.tail()}"
                )
            try:
                self.run = run_file.read(self.home)
            except run_file.NotRunningError:
                time.sleep(0.05)
                continue
            ready = httpx.get(f"{self.run.base_url}/api/v1/health/ready", timeout=5, verify=False)
            if ready.status_code == httpx.codes.OK:
                return
            time.sleep(0.05)
        raise TimeoutError(f"slipway up was not ready within {START_SECONDS} s:\n{self.tail()}")

    def stop(self) -> int | None:
        """End it as Ctrl-C does; returns the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            # Whatever is left of the session after a failed stop must not outlive the test.
            self.kill()

    def kill(self) -> None:
        """End it at once, if it runs."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()
            self._close_pipe()
            self.process = None

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def leaks(self) -> list[str]:
        """Return what of its secrets the stack's processes have logged so far."""
        known = [path.read_text().strip() for path in self.home.glob("*.key")]
        if self.run is not None:
            known += [self.run.demo_password or "", self.run.operator_password or ""]
        return secrets_in(self.log.read_text(errors="replace"), known)

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def bare_environment(home: Path) -> dict[str, str]:
    """Return the environment of a bare machine: no service is named."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "CI") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "SLIPWAY_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        # The simulator is quicker than a provider, and a test asks it for less time.
        "VIRTUOZZO_POLL_SECONDS": "0.1",
    }


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
