"""Several gateway processes on one port, each with a queue of its own at the broker.

Each worker listens by itself with SO_REUSEPORT, so that the kernel spreads the connections evenly;
a socket shared by all would give most of them to the fastest.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

import structlog

from backbone.database.engine import create_engine
from backbone.errors import SettingsError
from backbone.http.limits import http_limits
from backbone.http.listening import listen
from backbone.memory import freeze_gc
from backbone.telemetry import configure_logging
from backbone.tracing.start import start_tracing
from gateway.app import create_gateway
from gateway.http.server import create_server, run_server

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from types import FrameType

    from backbone.settings import Settings

RESTART_SECONDS = 1.0

log = structlog.get_logger(__name__)


def run_workers(settings: Settings, *, host: str, port: int, workers: int = 1) -> None:
    """Serve the gateway on `host:port` until SIGTERM or SIGINT; with several processes if wanted.

    Raises:
        SettingsError: several workers were asked for where processes can't share a port, or with a
            port of 0, which would give each its own.
    """
    if workers <= 1:
        work(settings, host, port, share=False)
        return
    if not hasattr(socket, "SO_REUSEPORT") or sys.platform == "darwin":
        raise SettingsError("--workers needs Linux's SO_REUSEPORT; start one worker per port here")
    if port == 0:
        raise SettingsError("--workers needs a fixed port: give --port")
    _Supervisor(settings, host, port, workers).run()


def work(settings: Settings, host: str, port: int, *, share: bool, number: int = 0) -> None:
    """Be one gateway process; `number` tells it from the others that share the port."""
    configure_logging("gateway", level=settings.log_level, style=settings.log_format)
    start_tracing("gateway")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    listener = listen(host, port, shared=share)
    engine = create_engine(
        settings.sql_url, pool_size=settings.database_pool_size, application="slipway-gateway"
    )
    app = create_gateway(settings, engine, admin_offset=number)
    freeze_gc()
    bound = listener.getsockname()
    log.info("gateway_listening", host=bound[0], port=bound[1])
    run_server(create_server(app, app, limits=http_limits(settings)), [listener])


def _end_with(parent: BaseProcess) -> None:
    """End a worker whose supervisor was killed: it shall not serve on unseen."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


class _Supervisor:
    """Starts the workers, starts a dead one again, and passes a stop on."""

    def __init__(self, settings: Settings, host: str, port: int, count: int) -> None:
        self._arguments = (settings, host, port)
        self._context = multiprocessing.get_context("spawn")
        self._count = count
        self._stop = threading.Event()

    def run(self) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._stopped)
        processes = [self._start(number) for number in range(self._count)]
        while not self._stop.wait(RESTART_SECONDS):
            for number, process in enumerate(processes):
                if not process.is_alive():
                    log.error("gateway_worker_died", pid=process.pid, code=process.exitcode)
                    processes[number] = self._start(number)
        for process in processes:
            process.terminate()
        settings = self._arguments[0]
        for process in processes:
            process.join(settings.sse_drain_seconds + 3.0)
            if process.is_alive():
                process.kill()

    def _start(self, number: int) -> BaseProcess:
        process = self._context.Process(
            target=work,
            args=self._arguments,
            kwargs={"share": True, "number": number},
            daemon=True,
        )
        process.start()
        return process

    def _stopped(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's shape
        self._stop.set()
