"""Measures the processor time of `generate` on documents that double in size.

    python tools/bench.py [--schemas 2000] [--operations 500] [--most 20]

The last size may take `--most` seconds of processor time, and each doubling may cost 2.2 times as
much; otherwise the exit status is 1.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GROWTH = 2.2


def document(schemas: int, operations: int) -> dict[str, Any]:
    """Return an OpenAPI document: objects that refer to each other, operations on them."""
    kinds: dict[str, Any] = {}
    for index in range(schemas):
        kinds[f"Thing{index}"] = {
            "type": "object",
            "required": ["id", "name"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "integer", "minimum": 0},
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "state": {"type": "string", "enum": ["new", "old"]},
                "next": {"$ref": f"#/components/schemas/Thing{(index + 1) % schemas}"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
        }
    paths: dict[str, Any] = {}
    for index in range(operations):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{index}"}}}
        paths[f"/things{index}/{{id}}"] = {
            "post": {
                "operationId": f"changeThing{index}",
                "tags": [f"group{index % 20}"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "requestBody": {"required": True, "content": content},
                "responses": {"200": {"description": "The thing.", "content": content}},
            }
        }
    info = {"title": "Many things", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": kinds}}


def seconds(schemas: int, operations: int) -> float:
    """Return the processor time of one generation, child processes included."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(document(schemas, operations)))
        before = os.times()
        subprocess.run(  # noqa: S603 (our own interpreter, fixed arguments)
            [sys.executable, "-m", "contractkit", "generate", "--openapi", file.name,
             "--output", "generated"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def main() -> int:
    """Measure three sizes; return 1 when the last is too slow or the growth too steep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", type=int, default=2000)
    parser.add_argument("--operations", type=int, default=500)
    parser.add_argument("--most", type=float, default=20.0)
    given = parser.parse_args()
    times: list[float] = []
    for part in (4, 2, 1):
        times.append(seconds(given.schemas // part, given.operations // part))
        sys.stdout.write(
            f"{given.schemas // part:6} schemas {given.operations // part:6} operations "
            f"{times[-1]:6.1f} s\n"
        )
        sys.stdout.flush()
    growth = max(later / earlier for earlier, later in itertools.pairwise(times))
    sys.stdout.write(f"growth per doubling {growth:.2f}\n")
    return 1 if times[-1] > given.most or growth > GROWTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
