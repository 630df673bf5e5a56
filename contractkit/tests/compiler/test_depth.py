"""As deep as a file may be nested, so deep are its schemas linted, compiled and compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from compat.project import Project
from contractkit.errors import MOST_LEVELS
from contractkit.generator.generate import generate
from contractkit.lint.run import lint
from contractkit.options import Options

OUTER = 8
"""How many levels a document has around the schema of a request's body."""


def nested(keyword: str, inner: Any) -> dict[str, Any]:
    """A schema that fills all levels that a file may have."""
    schema: dict[str, Any] = inner
    per_level = 2 if keyword in {"properties", "allOf"} else 1
    for _ in range((MOST_LEVELS - OUTER - 1) // per_level):
        wrapped = {"properties": {"a": schema}, "allOf": [schema]}.get(keyword, schema)
        schema = {"type": "array", "items": schema} if keyword == "items" else {keyword: wrapped}
    media = {"application/json": {"schema": schema}}
    answers = {"204": {"description": "d"}}
    operation = {"operationId": "o", "requestBody": {"content": media}, "responses": answers}
    info = {"title": "t", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": {"/x": {"post": operation}}}


@pytest.mark.parametrize("keyword", ["items", "properties", "allOf", "not", "additionalProperties"])
def test_the_deepest_schema_is_followed(
    keyword: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, inner in (("old", {"type": "string"}), ("new", {"type": "integer"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(nested(keyword, inner)))
    options = Options(tmp_path, "old.json", None, tmp_path / "generated")
    assert not [found for found in lint(options) if found.rule == "unreadable"]
    assert generate(options).files
    status, report = Project.run("old.json", "new.json")
    assert status in {0, 1, 2}, report
