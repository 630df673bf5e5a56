"""What `slipway top` makes of what processes tell."""

import io

import httpx
import pytest
from rich.console import Console

from backbone.errors import SettingsError
from backbone.settings import load_settings
from slipway.top import command
from slipway.top.reading import joined, look, rate
from slipway.top.view import view

GATEWAY = """# TYPE slipway_gateway_subscribers_active gauge
slipway_gateway_subscribers_active {streams}
# TYPE slipway_gateway_events counter
slipway_gateway_events_total {events}
# TYPE slipway_gateway_event_seconds histogram
slipway_gateway_event_seconds_bucket{{le="+Inf"}} {events}
slipway_gateway_event_seconds_count {events}
slipway_gateway_event_seconds_sum {seconds}
"""
RELAY = """# TYPE slipway_relay_has_leader gauge
slipway_relay_has_leader 1
# TYPE slipway_jobs gauge
slipway_jobs{kind="environment.create",status="queued"} 7
slipway_jobs{kind="environment.create",status="polling"} 2
# TYPE slipway_jobs_oldest_queued_seconds gauge
slipway_jobs_oldest_queued_seconds{kind="environment.create"} 93
# TYPE slipway_jobs_attempts_max gauge
slipway_jobs_attempts_max{kind="environment.create"} 4
# TYPE slipway_job_queue_messages gauge
slipway_job_queue_messages{queue="jobs.env.create"} 5
# TYPE slipway_job_queue_consumers gauge
slipway_job_queue_consumers{queue="jobs.env.create"} 0
"""


def gateway(streams=0, events=0, seconds=0.0):
    return GATEWAY.format(streams=streams, events=events, seconds=seconds)


def drawn(before, now):
    console = Console(file=io.StringIO(), width=160)
    console.print(view(before, now))
    return " ".join(console.file.getvalue().split())


def test_processes_are_added_up_and_rates_are_between_two_looks():
    before = joined([gateway(10, 100, 1.0), gateway(5, 50, 0.5)], at=100.0)
    now = joined([gateway(12, 160, 1.6), gateway(6, 90, 1.3)], at=110.0)
    assert now.total("slipway_gateway_subscribers_active") == 18
    assert rate(before, now, "slipway_gateway_events_total") == 10.0
    assert rate(None, now, "slipway_gateway_events_total") is None
    told = drawn(before, now)
    assert "open 18" in told
    assert "events/s 10.0" in told
    assert "delay 14.0 ms" in told


def test_a_process_that_began_anew_makes_no_negative_rate():
    before, now = joined([gateway(events=100)], at=0.0), joined([gateway(events=3)], at=1.0)
    assert rate(before, now, "slipway_gateway_events_total") == 0.0


def test_what_two_relays_tell_of_the_same_is_not_added_up():
    told = drawn(None, joined([RELAY, RELAY], at=0.0))
    assert "environment.create queued 7 93 s 4" in told
    assert "environment.create polling 2 4" in told
    assert "jobs.env.create 5 0" in told
    assert "leader yes" in told


def test_what_nobody_told_is_not_called_nothing():
    told = drawn(None, joined([], at=0.0, silent=["http://a:1"]))
    assert "leader unknown" in told
    assert "outbox -" in told
    assert "No answer from http://a:1" in told


async def test_who_does_not_answer_is_named():
    def answer(request):
        if request.url.host == "up":
            return httpx.Response(200, text=RELAY)
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        reading = await look(client, ["http://up:1", "http://down:1"])
    assert (reading.answered, reading.silent) == (1, ("http://down:1",))


async def test_nobody_to_ask_is_said(monkeypatch):
    async def nobody(client, urls):
        return joined([], at=0.0, silent=urls)

    monkeypatch.setattr(command, "look", nobody)
    console = Console(file=io.StringIO(), width=160)
    settings = load_settings({"ADMIN_PORT": "9100"})
    assert await command.run_top(settings, [], seconds=1, once=True, console=console) == 1
    assert "http://127.0.0.1:9100, http://127.0.0.1:9101" in console.file.getvalue()
    with pytest.raises(SettingsError, match="--at"):
        await command.run_top(load_settings({}), [], seconds=1, once=True, console=console)
