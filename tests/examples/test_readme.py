"""The order by hand of README.md, run as it stands there but for the address and the job's number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from testing.stack import RunningStack

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(240)


def by_hand() -> list[str]:
    """The commands below "An order, by hand:", with continued lines joined."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("An order, by hand:\n\n```sh\n")[2].partition("```")[0]
    return block.replace("\\\n", " ").splitlines()


def test_an_order_by_hand_is_followed_to_its_end(tmp_path: Path) -> None:
    sign_in, order, follow = by_hand()
    with RunningStack.start("embedded", tmp_path) as stack:

        def bash(*lines: str) -> str:
            script = "\n".join(lines)
            script = script.replace(".venv/bin/slipway", f"'{sys.executable}' -m slipway")
            script = script.replace("localhost:8000", stack.origin.base_url)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=ROOT,
                env=stack.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        answer = json.loads(bash(sign_in, order))
        assert answer["status"] == "queued"
        assert "job_id=1'" in follow
        frames = bash(sign_in, follow.replace("job_id=1'", f"job_id={answer['job_id']}'"))
    told = [
        json.loads(line.removeprefix("data:"))
        for line in frames.splitlines()
        if line.startswith("data:")
    ]
    statuses = [frame["status"] for frame in told if frame.get("type") == "job_status"]
    assert statuses[-1] == "completed", frames
