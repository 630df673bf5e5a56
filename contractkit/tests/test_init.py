"""`init` begins projects that work, and `generate --watch` follows changes."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from contractkit.cli import app
from contractkit.errors import UsageError
from contractkit.generator.watch import keep_generating
from contractkit.lint.run import lint
from contractkit.options import read_options

APPLICATIONS = """
from fastapi import FastAPI
from faststream import FastStream
from faststream.rabbit import RabbitBroker
from pydantic import BaseModel

class Item(BaseModel):
    name: str

web = FastAPI(title="Shop")

@web.post("/items")
async def create(item: Item) -> Item:
    return item

broker = RabbitBroker()
stream = FastStream(broker)

@broker.subscriber("items")
async def on_item(item: Item) -> None: ...
"""


def run(folder, *command):
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_example_project_has_no_findings_and_its_tests_pass(tmp_path):
    said = run(tmp_path, "contractkit", "init", "my-shop")
    assert said.returncode == 0, said.stderr
    assert "Next:" in said.stdout
    folder = tmp_path / "my-shop"
    assert [f.rule for f in lint(read_options(folder))] == []
    tested = run(
        folder, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:schemathesis"
    )
    assert "4 passed" in tested.stdout, tested.stdout + tested.stderr
    linted = run(
        folder, "ruff", "check", "--isolated", "--line-length", "120", "orders.py", "tests"
    )
    assert linted.returncode == 0, linted.stdout


def test_a_project_begins_from_applications(tmp_path, monkeypatch):
    (tmp_path / "shop.py").write_text(APPLICATIONS)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    said = run(
        tmp_path, "contractkit", "init", "--fastapi", "shop:web", "--faststream", "shop:stream"
    )
    assert said.returncode == 0, said.stderr
    openapi = yaml.safe_load((tmp_path / "specs/openapi.yaml").read_text())
    assert openapi["info"]["title"] == "Shop"
    assert (tmp_path / "contract/http/default.py").is_file()
    assert (tmp_path / "contract/messaging/application.py").is_file()
    assert (tmp_path / "pyproject.toml").read_text().startswith('[project]\nname = "shop"\n')
    assert read_options(tmp_path).asyncapi == "specs/asyncapi.yaml"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fastapi", "shop"], "MODULE:NAME"),
        (["--fastapi", "nowhere:app"], "can't be imported"),
        (["--fastapi", "shop:nothing"], "has no nothing"),
        (["--fastapi", "shop:Item"], "is not a FastAPI application"),
        (["--faststream", "shop:web"], "is not a FastStream application"),
    ],
)
def test_what_is_no_application_is_told(tmp_path, monkeypatch, arguments, words):
    (tmp_path / "shop.py").write_text(APPLICATIONS)
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    said = CliRunner().invoke(app, ["init", str(tmp_path), *arguments])
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    assert isinstance(said.exception, UsageError)
    assert words in str(said.exception)
    assert {file.name for file in tmp_path.iterdir()} <= {"shop.py", "__pycache__"}


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    said = CliRunner().invoke(app, ["init", str(tmp_path)])
    assert isinstance(said.exception, UsageError)
    assert "README.md" in str(said.exception)
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]


def test_watch_follows_documents_and_waits_for_mends(tmp_path):
    document = tmp_path / "specs/openapi.yaml"
    document.parent.mkdir()
    text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {type: string}}}\n"
    document.write_text(text)
    told, steps = [], iter(
        [
            lambda: document.write_text(text.replace("A: {", "B: {")),
            lambda: document.write_text(text.replace("A: {", "A: {$ref: 'other.yaml'}\n {")),
            lambda: document.write_text(text.replace("A: {type: string}", "C: {type: array, items: {$ref: 'other.yaml'}}")),
            lambda: Path(document.parent / "other.yaml").write_text("type: integer\n"),
        ]
    )  # fmt: skip
    seen = []

    def pause():
        models = tmp_path / "generated/models/openapi.py"
        seen.append(models.read_text())
        try:
            next(steps)()
        except StopIteration:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        keep_generating(lambda: read_options(tmp_path, strict=True), told.append, pause)
    assert len(seen) == 5
    assert "\nA" in seen[0]
    assert "\nB" in seen[1]
    assert seen[1] == seen[2] == seen[3]
    assert seen[4] != seen[1]
    assert sum("contractkit: " in line for line in told) == 2
    assert told[0] == "Changed: openapi.yaml"
    assert told[-1] == "Changed: other.yaml"
