"""Drives the load generator through one run and hands over what it measured."""

import json
import os
import select
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fanout.processes import pin_to_core


class LoadError(Exception):
    """The load generator stopped, or the server let it down before anything could be measured."""


@dataclass
class Load:
    """The load generator with its arguments, bound to a core."""

    program: Path
    core: int | None
    directory: Path

    def requests(self, lines: list[str]) -> Path:
        """Write the request of each group."""
        path = self.directory / "requests"
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def run(
        self,
        arguments: list[object],
        *,
        at: dict[str, Callable[[dict[str, Any]], None]],
        limit: float,
        real_time: bool = False,
    ) -> dict[str, Any]:
        """Run to the end; call `at[phase]` with each report before the generator goes on.

        Raises:
            LoadError: it ended early, or took longer than `limit` seconds.
        """
        process = subprocess.Popen(
            [str(self.program), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: pin_to_core(self.core, real_time),  # noqa: PLW1509 - this program has no threads
        )
        try:
            return self._follow(process, at, time.monotonic() + limit)
        finally:
            process.kill()
            process.communicate()

    def _follow(
        self,
        process: "subprocess.Popen[bytes]",
        at: dict[str, Callable[[dict[str, Any]], None]],
        end: float,
    ) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        reports: dict[str, Any] = {}
        buffered = b""
        while time.monotonic() < end:
            if not select.select([process.stdout], [], [], 0.2)[0]:
                continue
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise LoadError(
                    process.stderr.read().decode(errors="replace").strip() or "it ended"
                )
            *lines, buffered = (buffered + piece).split(b"\n")
            for text in lines:
                report = json.loads(text)
                reports[report["phase"]] = report
                if report["phase"] in at:
                    at[report["phase"]](report)
                if report["phase"] == "done":
                    return reports
                if report["phase"] in ("ready", "finished"):
                    process.stdin.write(b"go\n")
                    process.stdin.flush()
        raise LoadError("the run took longer than it may")
