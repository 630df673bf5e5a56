"""Profiles, grouped warnings, and mends that change nothing else of a file."""

import json

import pytest
from click.testing import CliRunner

from contractkit.cli import app
from contractkit.errors import UsageError
from contractkit.lint.fix import FIXED, fix
from contractkit.lint.options import read_lint_options
from contractkit.lint.run import lint
from contractkit.options import Options
from contractkit.source import parse

DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}   # the shop
paths:
  /orders/{id}:
    get:
      tags: [orders]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
    delete:
      operationId: deleteOrder
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'204': {description: gone}}
components:
  schemas:
    # What a customer wants.
    Order:
      type: object
      required: [id, lines]
      properties:
        id: {type: integer, minimum: 7}
        lines:
          type: array
          minItems: 1
          items:
            - not a schema
        at: {type: string, format: date-time}
    Empty: {type: object}
""".replace(
    "          items:\n            - not a schema\n",
    "          items:\n            type: object\n            properties: {sku: {type: string}}\n",
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[tool.contractkit]\nopenapi = "openapi.yaml"\n')
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(*arguments):
    said = CliRunner().invoke(app, ["lint", "--format", "json", *arguments])
    return [finding["rule"] for finding in json.loads(said.stdout)]


def test_the_recommended_profile_asks_for_less(project):
    assert set(rules()) == {"operation-id-missing", "tag-undeclared", "component-unused"}
    strict = rules("--profile", "strict")
    assert {"additional-properties", "description-missing", "example-missing"} < set(strict)
    with (project / "pyproject.toml").open("a") as file:
        file.write('[tool.contractkit.lint]\nprofile = "strict"\nignore = ["example-missing"]\n')
    configured = rules()
    assert "additional-properties" in configured
    assert "example-missing" not in configured


def test_warnings_are_grouped_and_errors_never(project):
    said = CliRunner().invoke(app, ["lint", "--profile", "strict"]).stdout
    assert said.count("[description-missing]") == 4
    assert "more of [description-missing]" in said
    assert "`--all` shows every place" in said
    everything = CliRunner().invoke(app, ["lint", "--profile", "strict", "--all"]).stdout
    assert "more of" not in everything
    assert everything.count("[description-missing]") > 4
    assert said.splitlines()[-1] == everything.splitlines()[-1]
    broken = "".join(
        f"    E{n}: {{type: object, required: [x], properties: {{}}}}\n" for n in range(5)
    )
    (project / "openapi.yaml").write_text(DOCUMENT + broken)
    assert CliRunner().invoke(app, ["lint"]).stdout.count("[required-unknown]") == 5


def strict_findings(folder, name="openapi.yaml"):
    return lint(Options(folder, name, None, folder / "generated"))


def test_fix_mends_the_mechanical_and_keeps_the_rest(project):
    before = parse("openapi.yaml", DOCUMENT.encode()).value
    done = fix(Options(project, "openapi.yaml", None, project / "generated"), list)
    text = (project / "openapi.yaml").read_text()
    after = parse("openapi.yaml", text.encode()).value
    assert done.count >= 6
    assert "# the shop" in text
    assert "    # What a customer wants.\n    Order:\n      type: object\n" in text
    order = after["components"]["schemas"]["Order"]
    assert order["additionalProperties"] is True
    assert order["properties"]["lines"]["items"]["additionalProperties"] is True
    assert after["components"]["schemas"]["Empty"]["additionalProperties"] is True
    assert after["paths"]["/orders/{id}"]["get"]["operationId"] == "get_orders_id"
    assert after["tags"] == [{"name": "orders"}]
    assert order["examples"][0]["id"] >= 7
    left = {finding.rule for finding in done.left}
    assert not left & {"operation-id-missing", "additional-properties", "tag-undeclared"}
    assert "example-invalid" not in left
    assert left <= {"description-missing", "component-unused", "example-missing"}
    order.pop("additionalProperties")
    assert order["required"] == before["components"]["schemas"]["Order"]["required"]
    again = fix(Options(project, "openapi.yaml", None, project / "generated"), list)
    assert (again.count, again.files) == (0, ())
    assert (project / "openapi.yaml").read_text() == text


def test_fix_writes_json_as_json_and_version_3_0_with_example(tmp_path):
    value = parse("o.yaml", DOCUMENT.encode()).value | {"openapi": "3.0.3"}
    (tmp_path / "o.json").write_text(json.dumps(value, indent=2))
    done = fix(Options(tmp_path, "o.json", None, tmp_path / "generated"), list)
    after = json.loads((tmp_path / "o.json").read_text())
    assert done.count >= 6
    assert after["components"]["schemas"]["Order"]["additionalProperties"] is True
    assert "example" in after["components"]["schemas"]["Order"]
    assert list(after)[1:] == list(value)[0:] or set(after) == {*value, "tags"}


def test_fix_on_the_command_line_says_what_it_did(project):
    said = CliRunner().invoke(app, ["lint", "--profile", "strict", "--fix"])
    assert "Mended" in said.stdout
    assert "openapi.yaml" in said.stdout
    assert "operation-id-missing" not in said.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('profile = "loose"', "one of recommended, strict"),
        ('ignore = "x"', "list of rules"),
        ('ignore = ["x"]', "no rule x"),
        ("fix = true", "does not know fix"),
    ],
)
def test_wrong_options_name_the_mend(tmp_path, text, words):
    (tmp_path / "pyproject.toml").write_text(f"[tool.contractkit.lint]\n{text}\n")
    with pytest.raises(UsageError, match=words):
        read_lint_options(tmp_path)


@pytest.mark.parametrize("rule", sorted(FIXED))
def test_explain_says_what_mends_a_rule(rule):
    said = CliRunner().invoke(app, ["explain", rule]).stdout
    assert "Mend: " in said
    assert "`contractkit lint --fix` mends it." in said
