"""Verdicts on pairs of documents after public bug reports: `gate_pairs`, through the whole command."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from compat.contracts import CASES
from compat.project import Project

PAIRS = [
    pair
    for pair in yaml.load_all(
        (CASES / "gate_pairs.yaml").read_text(encoding="utf-8"),
        getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    if pair
]
DISAGREEMENTS: dict[str, int] = {}
"""Pairs whose verdict here is another one; docs/compatibility.md gives the payload for each."""


def verdict(pair: dict[str, Any], folder: Path) -> tuple[int, str]:
    """The exit status of `contractkit diff OLD NEW`, and its report."""
    for side in ("old", "new"):
        (folder / f"{side}.yaml").write_text(pair[side], encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return Project.run("old.yaml", "new.yaml", "--today", "2026-11-26")
    finally:
        os.chdir(before)


@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair["name"]) for pair in PAIRS])
def test_gate_pairs(pair: dict[str, Any], tmp_path: Path) -> None:
    status, report = verdict(pair, tmp_path)
    assert status == DISAGREEMENTS.get(pair["name"], pair["want"]), f"{pair['why']}\n{report}"
