"""The programs that the documentation pages show, run as they stand."""

import asyncio
import html
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from testing.node import FOLDER, packages, program

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generated" / "typescript"
SECONDS = 60


def sections(page: str) -> dict[str, str]:
    """The sections of a page's operations."""
    text = (ROOT / "generated" / "documents" / page).read_text()
    parts = text.split('<section class="operation" id="operation-')[1:]
    return {part.partition('"')[0]: part.partition("</section>")[0] for part in parts}


def samples(page: str) -> dict[str, dict[str, str]]:
    """The programs of a page: by operation, then by kind."""
    found = {}
    for name, shown in sections(page).items():
        kinds = re.findall(
            r'class="sample[^"]*" data-kind="([\w-]+)">.*?<code>(.*?)</code>', shown, re.DOTALL
        )
        found[name] = {kind: html.unescape(sample) for kind, sample in kinds}
    return found


def wire(page: str, operation: str) -> Any:
    """The example of an operation's Celery message: properties, headers, body."""
    shown = sections(page)[operation].partition('class="wire"')[2]
    parts = re.findall(r"<code>(.*?)</code>", shown, re.DOTALL)
    return [json.loads(html.unescape(part)) for part in parts]


def node_project(folder: Path) -> Path:
    """A folder in which Node finds the client and the other packages. Raises ServiceMissing."""
    modules = packages(FOLDER)
    installed = folder / "node_modules"
    installed.mkdir()
    (installed / "slipway-client").symlink_to(PACKAGE)
    for each in modules.iterdir():
        if not each.name.startswith("."):
            (installed / each.name).symlink_to(each)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def command(kind: str, text: str, folder: Path) -> list[str]:
    """What runs a program of a kind."""
    if kind == "curl":
        return ["bash", "-c", f"exec {text}"]
    if kind in {"typescript", "amqplib"}:
        # Node 20 strips no types; these programs have none.
        file = node_project(folder) / "sample.mjs"
        file.write_text(text)
        return [program("node"), str(file)]
    file = folder / "sample.py"
    file.write_text(text)
    return [sys.executable, "-u", str(file)]


@asynccontextmanager
async def running(
    kind: str, text: str, folder: Path, environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a program, and end it."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    process = await asyncio.create_subprocess_exec(
        *command(kind, text, folder),
        cwd=folder,
        env={**kept, **environment},
        stdout=asyncio.subprocess.PIPE,
        # Celery writes what a task prints to its log.
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, 9)
        await process.wait()


async def line_with(process: asyncio.subprocess.Process, wanted: str) -> str:
    """Read lines until one has a text. Raises AssertionError with the others."""
    assert process.stdout is not None
    told = ""
    async with asyncio.timeout(SECONDS):
        while line := (await process.stdout.readline()).decode():
            if wanted in line:
                return line
            told += line
    raise AssertionError(f"It ended without {wanted!r}:\n{told[-2000:]}")


async def output(process: asyncio.subprocess.Process) -> str:
    """Return what a program prints until it ends well."""
    async with asyncio.timeout(SECONDS):
        told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()[-2000:]
    return told.decode()
