"""Runs programs on the generated TypeScript client."""

import json
import subprocess


def run(made, program):
    """Return what a program that uses the client prints as JSON."""
    (made.folder / "calls.mjs").write_text(program)
    said = subprocess.run(
        ["node", "calls.mjs"], cwd=made.folder, capture_output=True, text=True, check=True
    )
    (made.folder / "calls.mjs").unlink()
    return json.loads(said.stdout)
