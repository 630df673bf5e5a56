"""The smoke test of the worker, whose jobs are done in the process of the stack."""

import threading

from slipway.smoke.worker import worker_stub


async def test_nothing_of_its_jobs_goes_on_when_it_has_ended() -> None:
    """A loop that runs in a thread while the interpreter ends can crash the process."""
    before = set(threading.enumerate())
    told: list[str] = []
    await worker_stub(told.append)
    assert told[-1].startswith("completed: ")
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    assert "loop_thread" not in left
