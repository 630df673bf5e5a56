"""Lint finds each seeded defect by its rule and line, and nothing in the specs as they are."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from contractkit.cli import app
from contractkit.generator import models
from contractkit.level import Level
from contractkit.lint.run import lint
from contractkit.lint.violation import RULES
from contractkit.options import Options

SPECS = Path(__file__).parents[3] / "specs"


@pytest.fixture
def specs(tmp_path):
    shutil.copytree(SPECS, tmp_path / "specs")
    return tmp_path / "specs"


def run(specs: Path):
    options = Options(specs.parent, "specs/openapi.yaml", "specs/asyncapi.yaml", specs.parent / "g")
    return lint(options)


def test_our_own_specs_have_no_findings(specs):
    assert [f"{f.location} {f.rule} {f.problem}" for f in run(specs)] == []


DEFECTS = [
    ("openapi.yaml", "in: path", "in: pathway", "specification"),
    ("openapi.yaml", "operationId: getJob\n", "operationId: get_job_x\n", "link-target"),
    ("openapi.yaml", "operationId: logout", "operationId: login", "unreadable"),
    ("openapi.yaml", "operationId: logout", "operationId: log_in", None),
    ("openapi.yaml", "      operationId: logout\n", "", "operation-id-missing"),
    ("openapi.yaml", "/jobs/{job_id}:", "/jobs/{id}:", "parameter-undeclared"),
    ("openapi.yaml", "/jobs/{job_id}:", "/jobs/{id}:", "parameter-unused"),
    ("openapi.yaml", "parameters: {job_id: $response", "parameters: {jobid: $response", "link-target"),
    ("openapi.yaml", "default: 20}", "default: 200}", "example-invalid"),
    ("openapi.yaml", "example: 20", "example: twenty", "example-invalid"),
    ("openapi.yaml", "status: 409, code: short", "status: 200, code: short", "example-invalid"),
    ("openapi.yaml", "tags: [jobs]", "tags: [job]", "tag-undeclared"),
    ("openapi.yaml", "$ref: '#/components/responses/Conflict'", "$ref: '#/components/responses/Clash'", "reference"),
    ("openapi.yaml", "openapi: 3.2.0", "openapi: 2.0.0", "specification"),
    ("openapi.yaml", "x-sends: [sendCreateEnvironment", "x-sends: [sendCreate", "cross-reference"),
    ("asyncapi.yaml", "type: topic, durable: true, autoDelete", "type: topicx, durable: true, autoDelete", "specification"),
    ("asyncapi.yaml", "$message.payload#/team_id", "$message.payload#/team", "parameter-location"),
    ("asyncapi.yaml", "$message.header#/id", "$message.header#/identity", "correlation-location"),
    ("asyncapi.yaml", "address: team.{team_id}.job.{job_id}", "address: team.{team_id}.job.{job}", "parameter-undeclared"),
    ("asyncapi.yaml", "job_id: 42, team_id: 7, status: polling", "job_id: x, team_id: 7, status: polling", "example-invalid"),
    ("asyncapi.yaml", "exchange: {name: events.topic, type: topic,", "exchange: {name: events.topic, type: fanout,", "binding-conflict"),
    ("asyncapi.yaml", "action: send", "action: sends", "specification"),
    ("asyncapi.yaml", "channel: {$ref: '#/channels/jobStatusEvents'}", "channel: {$ref: '#/channels/nowhere'}", "reference"),
    ("asyncapi.yaml", "    description: Every change of a job's status, per team and job.\n", "", "description-missing"),
    ("schemas/event.yaml", "    required: [type, job_id, team_id,", "    required: [types, job_id, team_id,", "required-unknown"),
    ("schemas/event.yaml", "propertyName: type", "propertyName: kind", "discriminator"),
    ("schemas/job.yaml", "    additionalProperties: true\n", "", "additional-properties"),
    ("schemas/job.yaml", "    description: What a job does. More kinds will come; show those that you do not know by their name.\n", "", "description-missing"),
    ("schemas/job.yaml", "    examples: [environment.create]\n", "", "example-missing"),
    ("schemas/job.yaml", "examples: [environment.create]", "examples: [environment.move]", "example-invalid"),
    ("schemas/common.yaml", "    maxLength: 128\n", "    maxLength: many\n", "schema"),
    ("schemas/stream.yaml", '"status":"fresh"', '"status":"stale"', "example-invalid"),
    ("schemas/common.yaml", "title: Common", "title: Common\ntitle: Again", "unreadable"),
    ("schemas/common.yaml", "$defs:\n", "$defs:\n - [\n", "unreadable"),
    ("schemas/identity.yaml", "common.yaml#/$defs/UserId", "commons.yaml#/$defs/UserId", "reference"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "rule"), DEFECTS)
def test_a_seeded_defect_is_found_at_its_line(specs, file, old, new, rule):
    path = specs / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    violations = run(specs)
    if rule is None:
        assert violations == []
        return
    found = [violation for violation in violations if violation.rule == rule]
    assert found, violations
    assert all(violation.mend and violation.problem for violation in found)
    assert all((specs.parent / violation.location.file).is_file() for violation in found)
    if (
        rule
        not in {
            "link-target",
            "unreadable",
            "discriminator",
            "parameter-unused",
            "binding-conflict",
        }
        and new
    ):
        line = text[: text.index(old)].count("\n") + 1
        assert any(
            f.location.file == f"specs/{file}" and abs(f.location.line - line) <= 14 for f in found
        ), found


@pytest.mark.parametrize("fail_on", ["error", "warning"])
def test_the_exit_status_follows_the_least_severity(specs, monkeypatch, fail_on):
    monkeypatch.chdir(specs.parent)
    path = specs / "schemas/job.yaml"
    path.write_text(path.read_text().replace("    additionalProperties: true\n", "", 1))
    result = CliRunner().invoke(app, ["lint", "--profile", "strict", "--fail-on", fail_on])
    assert result.exit_code == (0 if fail_on == "error" else 1)
    assert "specs/schemas/job.yaml:" in result.output
    assert "[additional-properties]" in result.output
    assert "0 errors, 1 warning\n" in result.output
    ignored = CliRunner().invoke(
        app,
        ["lint", "--profile", "strict", "--fail-on", fail_on, "--ignore", "additional-properties"],
    )
    assert ignored.exit_code == 0


def test_json_and_sarif(specs, monkeypatch):
    monkeypatch.chdir(specs.parent)
    path = specs / "asyncapi.yaml"
    path.write_text(path.read_text().replace("$message.payload#/team_id", "$message.payload#/x", 1))
    arguments = ["lint", "--ignore", "not-generated", "--format"]
    (violation,) = json.loads(CliRunner().invoke(app, [*arguments, "json"]).output)
    assert violation["rule"] == "parameter-location"
    assert violation["file"] == "specs/asyncapi.yaml"
    sarif = json.loads(CliRunner().invoke(app, [*arguments, "sarif"]).output)
    (result,) = sarif["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == violation["line"]
    rule = sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "parameter-location"


def test_one_file_alone(specs):
    for openapi, asyncapi in (("specs/openapi.yaml", None), (None, "specs/asyncapi.yaml")):
        assert lint(Options(specs.parent, openapi, asyncapi, specs.parent / "g")) == []


def test_every_rule_is_listed(monkeypatch):
    output = CliRunner().invoke(app, ["lint", "--rules"]).output
    assert all(name in output for name in RULES)


def test_one_reason_is_told_once(tmp_path):
    (tmp_path / "openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"
        "  /a/{id}: {get: {operationId: a, responses: {'204': {description: d}}}}\n"
    )
    found = lint(Options(tmp_path, "openapi.yaml", None, tmp_path / "generated"))
    errors = [violation.rule for violation in found if violation.level is Level.ERROR]
    assert errors == ["parameter-undeclared"]


def test_what_only_the_models_show_to_be_without_code_is_told(tmp_path):
    (tmp_path / "a.yaml").write_text(
        """
asyncapi: 3.0.0
info: {title: T, version: '1'}
servers: {s: {host: h, protocol: amqp}}
channels:
  c: {address: c, messages: {x: {payload: {type: string}}, y: {payload: {type: integer}}}}
  d: {address: 'd.*', messages: {z: {payload: {type: object}}}}
operations:
  sendTwo: {action: send, channel: {$ref: '#/channels/c'}}
  sendStar: {action: send, channel: {$ref: '#/channels/d'}}
"""
    )
    found = lint(Options(tmp_path, None, "a.yaml", tmp_path / "g"))
    told = [(f.location.line, f.problem) for f in found if f.rule == "not-generated"]
    assert [line for line, _ in told] == [6, 7]
    assert "x, y can't be told apart" in told[0][1]
    assert "which is a pattern" in told[1][1]


CIRCLE = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}
components:
  schemas:
    S: {$ref: '#/components/schemas/R'}
    R: {$ref: '#/components/schemas/S'}
"""


def test_a_circle_of_references_ends_and_is_told(tmp_path):
    (tmp_path / "o.yaml").write_text(CIRCLE)
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    assert "reference" in {f.rule for f in found if "cycle" in f.problem}


def test_a_document_without_a_version_is_told_that_alone(tmp_path):
    (tmp_path / "o.yaml").write_text("info: {title: T, version: '1'}\npaths: {}\n")
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    assert [f.problem for f in found] == ["OpenAPI without a version is not read."]


def test_a_section_of_asyncapi_2_that_is_no_object_is_told(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\nchannels: none\n"
    )
    found = lint(Options(tmp_path, None, "a.yaml", tmp_path / "g"))
    told = [(f.location.line, f.problem) for f in found if f.level is Level.ERROR]
    assert told == [(3, "An object is expected here.")]


def test_infinity_and_nan_are_told_as_what_they_are(tmp_path):
    (tmp_path / "o.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
        "    A: {type: number, example: .nan}\n"
        "    B: {type: number, maximum: 1e400}\n"
        "    C: {type: integer, maxLength: -.inf}\n"
    )
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    told = [(f.location.line, f.problem) for f in found if f.level is Level.ERROR]
    assert told == [
        (6, "`.nan` is not a number of JSON."),
        (7, "The number is infinite, or too large for a float; JSON has none such."),
        (8, "The number is infinite, or too large for a float; JSON has none such."),
    ]


def test_a_model_of_http_that_becomes_any_is_told(tmp_path, monkeypatch):
    (tmp_path / "o.yaml").write_text(
        """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
components: {schemas: {A: {type: object, properties: {a: {type: string}}}}}
"""
    )
    run_generator = models._run

    def fail_at_a(documents, folder, header):
        if any(document["$defs"].get("A") for document in documents.values()):
            return "it can't write A"
        return run_generator(documents, folder, header)

    monkeypatch.setattr(models, "_run", fail_at_a)
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    told = [(f.location.line, f.problem) for f in found if f.rule == "not-generated"]
    assert told == [
        (6, "The model A, which is Any is left out: The model generator fails: it can't write A")
    ]


MISSPELLED = """
openapi: 3.1.0
info: {title: Misspelled, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      requried: [a]
      x-requird: [a]
      colour: red
      properties:
        maxlength: {tpye: string, minlength: 3}
        b: {type: array, item: {max: 3}, aditionalItems: false}
"""


def test_a_keyword_that_is_nearly_one_is_told_with_what_it_should_be(tmp_path):
    (tmp_path / "api.yaml").write_text(MISSPELLED)
    found = lint(Options(tmp_path, "api.yaml", None, tmp_path / "out"))
    told = [one for one in found if one.rule == "keyword-misspelled"]
    named = {one.problem.split("'")[1]: one.mend.split("'")[1] for one in told}
    assert named == {
        "requried": "required",
        "tpye": "type",
        "minlength": "minLength",
        "item": "items",
        "aditionalItems": "additionalItems",
    }
    assert {one.location.line for one in told} == {9, 13, 14}
