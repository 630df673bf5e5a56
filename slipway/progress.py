"""How the demo shows a job: live on a terminal, a line per frame elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from backbone.job_status import TERMINAL
from slipway.demo import Frame

STEPS = ("queued", "started", "polling", "completed")
MARKS = {"completed": ("✔", "green"), "failed": ("✘", "red"), "cancelled": ("✘", "yellow")}


class JobProgress:
    """What has been heard of one job, as a picture and as lines."""

    def __init__(self, console: Console, shortdomain: str) -> None:
        self._console = console
        self._shortdomain = shortdomain
        self._began = time.monotonic()
        self._heard: dict[str, tuple[float, str, str]] = {}
        self._live: Live | None = None

    @contextmanager
    def shown(self) -> Iterator["JobProgress"]:
        """Show the picture while the block runs, if there is a terminal to show it on."""
        if not self._console.is_terminal:
            yield self
            return
        with Live(
            get_renderable=self._picture, console=self._console, refresh_per_second=12
        ) as live:
            self._live = live
            yield self
            live.refresh()
        self._live = None

    def report(self, frame: Frame) -> None:
        """Take in a frame of the job's stream."""
        if frame.event == "message":
            seconds = time.monotonic() - self._began
            status = frame.data["status"]
            self._heard[status] = (seconds, frame.data["message"], frame.id)
            if self._live is None:
                self._console.print(
                    f"{seconds:6.2f} s  {status:<10} {frame.data['message']}  [{frame.id}]",
                    markup=False,
                    highlight=False,
                )

    def _picture(self) -> Group:
        table = Table.grid(padding=(0, 2))
        last = next(reversed(self._heard), None)
        steps = [step for step in STEPS if step in self._heard or last not in TERMINAL]
        for status in [*steps, *(step for step in self._heard if step not in STEPS)]:
            table.add_row(*self._row(status, last))
        return Group(Text(f"Environment {self._shortdomain}", style="bold"), table)

    def _row(self, status: str, last: str | None) -> tuple[Text | Spinner, Text, Text, Text, Text]:
        if status not in self._heard:
            return Text("·", "dim"), Text(status, "dim"), Text(""), Text(""), Text("")
        seconds, message, event_id = self._heard[status]
        working = status == last and status not in TERMINAL
        mark, colour = MARKS.get(status, ("✔", "green"))
        return (
            Spinner("dots", style="cyan") if working else Text(mark, colour),
            Text(status, "cyan" if working else colour),
            Text(f"{seconds:.2f} s", "dim"),
            Text(message),
            Text(event_id, "dim"),
        )


def told(frame: Frame) -> Text:
    """Return one line of news of a job."""
    status = frame.data["status"]
    mark, colour = MARKS.get(status, ("·", "cyan"))
    at = time.strftime("%H:%M:%S", time.localtime(frame.data["occurred_at"]))
    line = Text.assemble((f"{at}  ", "dim"), (f"{mark} {status:<10}", colour))
    return line.append(f"{frame.data['env_name']}  ", "bold").append(frame.data["message"])
