"""A consumer's view: a program with the published document and the wheel, away from this repository, hears a job."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flows.orders import STATUSES, follow, shortdomain, signed_in
from slipway import demo

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "consumer" / "follow_jobs.py"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel of the contracts, built and unpacked where the repository is not.

    A pure wheel is installed by unpacking it; the environment under test has no pip to do it.
    """
    built, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=ROOT / "generated" / "package",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = built.glob("slipway_contracts-*-py3-none-any.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


async def test_hears_a_job_with_nothing_but_the_document_and_the_wheel(
    embedded, installed, tmp_path
):
    origin = embedded.origin
    program = subprocess.Popen(
        # -P keeps the program's own folder, which lies in the repository, off the path.
        [sys.executable, "-P", str(EXAMPLE), origin.base_url, origin.amqp_url],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout.readline() == "listening\n", program.stderr.read()
        async with signed_in(embedded) as client:
            accepted = await demo.order(client, shortdomain("seen"))
            await follow(client, accepted)
        heard = []
        while "completed" not in heard:
            line = program.stdout.readline()
            assert line, program.stderr.read()
            event = json.loads(line)
            if event["job_id"] == accepted["job_id"]:
                heard.append(event["status"])
    finally:
        program.kill()
        program.communicate()
    assert heard == STATUSES
