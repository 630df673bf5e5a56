"""Several processes on one port: refused where they can't share it, replaced when one dies."""

import signal
from typing import Any

import pytest

from backbone.errors import SettingsError
from backbone.settings import load_settings
from gateway import workers


@pytest.fixture
def settings():
    return load_settings({"RABBITMQ_URL": "amqp://127.0.0.1/"})


def test_one_worker_is_this_process(settings, monkeypatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(workers, "work", lambda *args, **named: ran.append((args[1:], named)))
    workers.run_workers(settings, host="h", port=0, workers=1)
    assert ran == [(("h", 0), {"share": False})]


def test_several_need_a_port_that_is_fixed_and_can_be_shared(settings, monkeypatch) -> None:
    with pytest.raises(SettingsError, match="fixed port"):
        workers.run_workers(settings, host="h", port=0, workers=2)
    monkeypatch.delattr("socket.SO_REUSEPORT")
    with pytest.raises(SettingsError, match="one worker per port"):
        workers.run_workers(settings, host="h", port=8001, workers=2)


class Process:
    """A worker that lives until it is told, or never ends."""

    def __init__(self, stubborn: bool = False) -> None:
        self.pid, self.exitcode = 1, None
        self.alive, self.stubborn = False, stubborn
        self.done: list[Any] = []

    def start(self) -> None:
        self.alive = True

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.done.append("terminate")
        self.alive = self.stubborn

    def join(self, seconds: float) -> None:
        self.done.append(seconds)

    def kill(self) -> None:
        self.done.append("kill")
        self.alive = False


def test_a_dead_worker_is_replaced_and_a_stop_reaches_all(settings, monkeypatch) -> None:
    monkeypatch.setattr(workers.signal, "signal", lambda *_: None)
    monkeypatch.setattr(workers, "RESTART_SECONDS", 0)
    supervisor = workers._Supervisor(settings, "h", 8001, 2)
    made: list[Process] = []

    class Context:
        def Process(self, **given: Any) -> Process:  # noqa: N802 - as multiprocessing has it
            assert given["target"] is workers.work
            assert given["kwargs"]["share"]
            assert given["daemon"], "no worker outlives the supervisor"
            made.append(Process(stubborn=len(made) == 2))
            return made[-1]

    supervisor._context = Context()  # type: ignore[assignment]
    looks = 0

    def looked(_: float) -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            made[0].alive = False
        if looks == 4:
            supervisor._stopped(signal.SIGTERM, None)
        return supervisor._stop.is_set()

    monkeypatch.setattr(supervisor._stop, "wait", looked)
    supervisor.run()
    assert len(made) == 3, "one died and was replaced, once"
    died, kept, replacement = made
    bound = settings.sse_drain_seconds + 3.0
    assert died.done == []
    assert kept.done == ["terminate", bound]
    assert replacement.done == ["terminate", bound, "kill"]
