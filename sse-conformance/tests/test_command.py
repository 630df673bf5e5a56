"""The command and the pytest plugin, as a user runs them, against the toy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sse_conformance.cli import app
from sse_conformance.target_file import load

HERE = Path(__file__).parent
TOY = HERE / "toy_target.py"
SOURCE = HERE.parent / "src"


def broken(tmp_path, defect):
    """The toy's target with a defect, in a file of its own."""
    target = tmp_path / "broken.py"
    target.write_text(
        f"from toy_target import Toy\n\n\nclass Broken(Toy):\n    def __init__(self):\n        super().__init__({defect!r})\n"
    )
    return target


def command(*arguments, defect=None, tmp_path):
    target = TOY if defect is None else broken(tmp_path, defect)
    filled = [str(target) if part == "TARGET" else str(part) for part in arguments]
    return CliRunner().invoke(app, filled, env={"COLUMNS": "200", "NO_COLOR": "1"})


def test_a_server_that_conforms_gives_status_0_a_table_json_and_a_page(tmp_path):
    out, page = tmp_path / "run.json", tmp_path / "page.md"
    done = command(
        "run",
        "--target",
        "TARGET",
        "--only",
        "ids.",
        "--json",
        out,
        "--badge",
        page,
        tmp_path=tmp_path,
    )
    assert done.exit_code == 0, done.stdout
    assert "9 passed, 0 failed, 0 skipped" in done.stdout
    written = json.loads(out.read_text())
    assert written["conforms"]
    assert {case["status"] for case in written["cases"]} == {"passed"}
    assert all(case["clause"] for case in written["cases"])
    assert "sse-conformance | conforms" in page.read_text()


def test_a_failure_gives_status_1_and_names_case_clause_and_what_came(tmp_path):
    page = tmp_path / "page.md"
    done = command(
        "run",
        "--target",
        "TARGET",
        "--only",
        "ids.distinct",
        "--badge",
        page,
        defect="ids-same",
        tmp_path=tmp_path,
    )
    assert done.exit_code == 1
    assert "FAILED ids.distinct: No two events have one id" in done.stdout
    assert "51 events have 1 ids" in done.stdout
    assert "WHATWG HTML, 9.2.6" in done.stdout
    assert "1 failed" in page.read_text()


def test_a_target_that_cannot_be_used_gives_status_2(tmp_path):
    assert command("run", "--target", "missing.toml", tmp_path=tmp_path).exit_code == 2
    assert (
        command("run", "--target", "TARGET", "--only", "no-such", tmp_path=tmp_path).exit_code == 2
    )


def test_what_is_not_claimed_is_skipped_by_name_and_nothing_tried_is_no_success(tmp_path):
    target = tmp_path / "bare.py"
    target.write_text(
        "from sse_conformance import Target\nclass Bare(Target):\n    name = 'bare'\n"
    )
    done = command("run", "--target", target, "--only", "snapshot", tmp_path=tmp_path)
    assert "skipped 3: snapshot is not claimed" in done.stdout
    assert done.exit_code == 1


def test_runs_are_compared(tmp_path):
    files = []
    for defect in ("", "ids-same"):
        files.append(tmp_path / f"{defect or 'right'}.json")
        command(
            "run",
            "--target",
            "TARGET",
            "--only",
            "ids.d",
            "--json",
            files[-1],
            defect=defect,
            tmp_path=tmp_path,
        )
    done = command("compare", *files, tmp_path=tmp_path)
    assert "| ids | ✓ 1 | 0/1 |" in done.stdout


def test_pytest_runs_the_suite_by_the_plugin(tmp_path):
    environment = os.environ | {
        "PYTHONPATH": f"{SOURCE}:{HERE}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = ["-p", "sse_conformance.plugin", "-p", "no:cacheprovider", "-k", "ids.distinct", "-q"]
    suite = ["--sse-target", str(broken(tmp_path, "ids-same")), "--pyargs", "sse_conformance.suite"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *suite],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_conformance[ids.distinct]" in done.stdout
    assert "No two events have one id" in done.stdout


def test_every_case_is_listed_with_its_clause(tmp_path):
    done = command("cases", tmp_path=tmp_path)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) % 3 == 0
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize(
    "name", sorted(path.name for path in (HERE.parent / "targets").glob("*.toml"))
)
def test_the_targets_of_the_kit_can_be_read(name):
    target = load(HERE.parent / "targets" / name)
    assert target.name
    assert target.capabilities
