"""The GitHub action and the pre-commit hooks for other repositories, as far as they run without GitHub."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS = {step.get("id", step.get("name")): step for step in ACTION["runs"]["steps"]}


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.net")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def document(schema: Any) -> dict[str, Any]:
    """An OpenAPI document whose only response carries a schema."""
    content = {"application/json": {"schema": schema}}
    response = {"description": "a", "content": content}
    return {
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {"/things": {"get": {"operationId": "a", "responses": {"200": response}}}},
    }


def write(folder: Path, schema: Any) -> None:
    text = yaml.safe_dump(document(schema))
    (folder / "openapi.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A shallow clone of a pull request's branch, as actions/checkout makes it."""
    origin, runner = tmp_path / "origin", tmp_path / "runner" / "contractkit" / "bin"
    runner.mkdir(parents=True)
    (runner / "contractkit").symlink_to(ROOT / ".venv" / "bin" / "contractkit")
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    write(origin, {"type": "string", "enum": ["a"]})
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "first")
    git(origin, "checkout", "-qb", "work")
    write(origin, {"type": "string", "enum": ["a", "b"]})
    git(origin, "commit", "-qam", "one value more")
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=work", f"file://{origin}", str(folder))
    return folder


def run(clone: Path, **inputs: str) -> tuple[int, str, dict[str, str]]:
    runner = clone.parent / "runner"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "OLD": "",
        "NEW": "",
        "TAGS": "",
        "SARIF": "contractkit.sarif",
        "BASE": "main",
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        **inputs,
    }
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", STEPS["diff"]["run"]],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = dict(line.split("=", 1) for line in (runner / "output").read_text().splitlines())
    return done.returncode, done.stdout + done.stderr, output


def test_a_pull_request_that_breaks_fails_with_reports(clone: Path) -> None:
    status, text, output = run(clone)
    assert (status, output) == (1, {"status": "1"}), text
    assert "enum-value-added" in text
    assert "enum-value-added" in (clone / "contractkit.sarif").read_text()
    assert "enum-value-added" in (clone.parent / "runner" / "summary").read_text()


def test_one_that_breaks_nothing_passes(clone: Path) -> None:
    git(clone, "config", "core.fileMode", "false")
    write(clone, {"type": "string", "enum": ["a"]})
    status, text, output = run(clone)
    assert (status, output) == (0, {"status": "0"}), text


def test_an_input_cannot_run_commands(clone: Path) -> None:
    hostile = "$(touch broken);`touch broken`"
    status, _, output = run(clone, OLD=hostile)
    assert (status, output) == (2, {"status": "2"})
    assert not (clone / "broken").exists()
    scripts = "".join(step.get("run", "") for step in ACTION["runs"]["steps"])
    assert "${{" not in scripts


def test_each_variable_of_the_script_is_given() -> None:
    used = set(re.findall(r"\$\{?([A-Z_]+)", STEPS["diff"]["run"]))
    given = set(STEPS["diff"]["env"]) | {"RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}
    assert used <= given


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("specs/openapi.yaml", True),
        ("openapi.yml", True),
        ("api/asyncapi.json", True),
        ("specs/schemas/job.yaml", True),
        ("src/openapi.py", False),
        ("README.md", False),
    ],
)
def test_the_hooks_run_for_contracts_only(path: str, wanted: bool) -> None:
    assert [hook["entry"] for hook in HOOKS] == ["contractkit diff", "contractkit lint"]
    for hook in HOOKS:
        assert bool(re.search(hook["files"], path)) is wanted
