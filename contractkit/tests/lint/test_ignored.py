"""Comments that let findings pass, and what `explain` says of a rule."""

import pytest
from click.testing import CliRunner

from contractkit.cli import app
from contractkit.errors import UsageError
from contractkit.lint.run import lint
from contractkit.options import Options

DOCUMENT = """openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    A: {type: object, description: One., examples: [{}]}
    B: {type: object, description: One., examples: [{}]} # contractkit: ignore additional-properties, component-unused
    # contractkit: ignore additional-properties
    C: {type: object, description: One., examples: [{}]}
"""


def rules(folder, text):
    (folder / "openapi.yaml").write_text(text)
    found = lint(Options(folder, "openapi.yaml", None, folder / "generated"))
    return {(finding.rule, finding.location.line) for finding in found}


def test_a_comment_lets_its_place_pass_and_no_other(tmp_path):
    found = rules(tmp_path, DOCUMENT)
    assert ("additional-properties", 6) in found
    assert not any(line == 7 for _, line in found)
    assert ("additional-properties", 9) not in found
    assert ("component-unused", 9) in found


def test_a_comment_that_names_no_rule_is_told(tmp_path):
    found = rules(tmp_path, DOCUMENT.replace("ignore additional-properties\n", "ignore nothing\n"))
    assert ("unreadable", 9) in found
    assert ("additional-properties", 9) in found


def test_a_rule_is_explained():
    said = CliRunner().invoke(app, ["explain", "unique-id"])
    assert said.exit_code == 0
    assert "Ids are unique" in said.output
    assert "# contractkit: ignore unique-id" in said.output
    said = CliRunner().invoke(app, ["explain", "uniqe-id"])
    assert isinstance(said.exception, UsageError)
    with pytest.raises(UsageError, match="Did you mean unique-id"):
        raise said.exception
