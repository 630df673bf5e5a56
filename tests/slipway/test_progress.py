import io

from rich.console import Console

from slipway.demo import Frame
from slipway.progress import JobProgress


def heard(progress, *statuses):
    for number, status in enumerate(statuses):
        progress.report(
            Frame("message", f"e.{number}", {"status": status, "message": f"news of {status}"})
        )


def test_a_pipe_gets_a_line_per_frame():
    out = io.StringIO()
    progress = JobProgress(Console(file=out, width=100), "demo-1")
    with progress.shown():
        heard(progress, "queued", "failed")
        progress.report(Frame("end", "", {"status": "failed"}))
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert "failed" in lines[1]
    assert "[e.1]" in lines[1]


def test_a_terminal_gets_the_steps_with_the_ending_instead_of_those_never_reached():
    out = io.StringIO()
    progress = JobProgress(Console(file=out, width=100, force_terminal=True), "demo-1")
    with progress.shown():
        heard(progress, "queued", "started", "failed")
    last = out.getvalue().rpartition("Environment demo-1")[2]
    assert "news of failed" in last
    assert "completed" not in last
    assert "✘" in last
