"""What generating costs grows with the document: what schemas consist of is not followed per operation."""

import json
import sys
from pathlib import Path
from typing import Any

from contractkit.generator.generate import generate
from contractkit.options import Options


def chain(length: int) -> dict[str, Any]:
    """A document whose schemas refer each to the next, with an operation for each."""
    schemas = {
        f"Thing{index}": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"next": {"$ref": f"#/components/schemas/Thing{(index + 1) % length}"}},
        }
        for index in range(length)
    }
    body = {"$ref": "#/components/schemas/Thing0"}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"204": {"description": "Done."}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chain", "version": "1.0.0"},
        "paths": {
            f"/things{index}": {"post": {"operationId": f"change{index}", **operation}}
            for index in range(length)
        },
        "components": {"schemas": schemas},
    }


def sets_grown(folder: Path, length: int) -> int:
    """Count how often something is added to a set while the document is generated."""
    folder.mkdir()
    (folder / "openapi.json").write_text(json.dumps(chain(length)))
    added = 0

    def count(_: Any, event: str, called: Any) -> None:
        nonlocal added
        if event == "c_call" and getattr(called, "__qualname__", "") == "set.add":
            added += 1

    options = Options(folder, "openapi.json", None, folder / "generated", only=frozenset({"http"}))
    sys.setprofile(count)
    try:
        assert generate(options).files
    finally:
        sys.setprofile(None)
    return added


def test_twice_the_operations_and_schemas_are_twice_the_work(tmp_path: Path) -> None:
    # The first is for what is imported and remembered once.
    _, small, large = (sets_grown(tmp_path / str(length), length) for length in (3, 40, 80))
    assert large < 2.2 * small


def test_compositions_of_compositions_are_looked_at_once(tmp_path):
    """Each level refers twice to the next: looked at by every way, 25 levels would never end."""
    levels = {
        f"L{level}": {
            "allOf": [
                {"anyOf": [{"$ref": f"#/components/schemas/L{level + 1}"}, {"type": kind}]}
                for kind in ("null", "integer")
            ]
        }
        for level in range(25)
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Levels", "version": "1"},
        "paths": {},
        "components": {"schemas": {**levels, "L25": {"type": "string"}}},
    }
    (tmp_path / "api.json").write_text(json.dumps(document))
    result = generate(Options(tmp_path, "api.json", None, tmp_path / "out"))
    assert result.counts["models"] == 26
