"""Exports of other tools pass messages on each broker, by the runner that the corpus is for."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = ROOT / "contractkit/tests/compiler/cases"


@pytest.mark.parametrize("document", ["faststream_export", "a_kafka"])
async def test_messages_of_its_schemas_pass_and_others_are_dead_lettered(
    amqp_url: str, document: str
) -> None:
    command = [sys.executable, str(ROOT / "contractkit/tools/foreign.py")]
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(CASES / f"{document}.yaml"), "--broker", amqp_url, "--one"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"(?!0 received, 0)\d+ received, \d+ sent", done.stdout.splitlines()[-1])
