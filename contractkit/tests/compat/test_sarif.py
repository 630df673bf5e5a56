"""SARIF is valid, tells the tool's real version, and names files relative to the repository."""

import json
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft4Validator, FormatChecker

from compat.contracts import http_document
from compat.project import NARROW, WIDE, Project
from contractkit.cli import app
from contractkit.sarif import uri_of

VENDOR = Path(__file__).parents[1] / "vendor"
SCHEMA = json.loads((VENDOR / "sarif" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())


def valid(text: str) -> dict[str, Any]:
    log = json.loads(text)
    errors = VALIDATOR.iter_errors(log)
    assert [error.message for error in errors] == []
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def test_the_schema_refuses_what_is_no_sarif() -> None:
    bad = {"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": [{"level": "bad"}]}]}
    errors = VALIDATOR.iter_errors(bad)
    assert len([*errors]) >= 3


def uris(run: dict[str, Any], key: str = "locations") -> set[str]:
    return {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
        for place in result.get(key, [])
    }


def diff(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["diff", *arguments, "-f", "sarif", "--all"])
    return valid(result.stdout)


def test_a_comparison_of_revisions(project: Project) -> None:
    project.schema(WIDE)
    project.waive()
    run = diff("HEAD")
    assert "specs/schemas/kind.yaml" in uris(run)
    assert "specs/schemas/kind.yaml" in uris(run, "relatedLocations")
    assert run["tool"]["driver"]["version"] == version("contractkit")
    file = Path(__file__).parents[2] / "pyproject.toml"
    assert version("contractkit") == tomllib.loads(file.read_text())["project"]["version"]


def test_files_given_by_path(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project.root / "docs" / "a b"
    folder.mkdir(parents=True)
    for name, schema in (("old", NARROW), ("new", WIDE)):
        text = yaml.safe_dump(http_document(schema, "out"))
        (folder / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(folder)
    run = diff("old.yaml", "new.yaml")
    assert uris(run) == {"docs/a%20b/new.yaml"}
    assert uris(run, "relatedLocations") == {"docs/a%20b/old.yaml"}


def test_lint_writes_the_same_form(project: Project) -> None:
    result = CliRunner().invoke(app, ["lint", "--profile", "strict", "--format", "sarif"])
    run = valid(result.stdout)
    assert uris(run) <= {"specs/openapi.yaml", "specs/asyncapi.yaml", "specs/schemas/kind.yaml"}
    assert uris(run)


def test_outside_of_a_repository_a_uri_is_whole(tmp_path: Path) -> None:
    assert uri_of("a.yaml", tmp_path) == (tmp_path / "a.yaml").as_uri()
