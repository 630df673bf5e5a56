"""Verdicts on pairs of our own, each judged by hand with a payload, through the whole command."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from compat.contracts import cases, patched
from compat.project import Project

SCHEMAS = cases("pairs_schema")
DOCUMENTS = cases("pairs_document")
HTTP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1.0.0"},
    "paths": {"/t": {"post": {"operationId": "op", "responses": {"200": {"description": "d"}}}}},
}
MESSAGING: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "T", "version": "1.0.0"},
    "channels": {"c": {"address": "q", "messages": {"M": {"payload": {"type": "object"}}}}},
}


def status(folder: Path, old: Any, new: Any) -> tuple[int, str]:
    """The exit status of `contractkit diff OLD NEW`, and its report."""
    for name, document in (("old", old), ("new", new)):
        text = json.dumps(document).replace("Infinity", ".inf")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return Project.run("old.yaml", "new.yaml", "--today", "2026-11-26")
    finally:
        os.chdir(before)


def carrying(schema: Any, definitions: Any, role: str) -> dict[str, Any]:
    """A document that carries a schema in a request (in) or a response (out)."""
    content = {"application/json": {"schema": schema}}
    operation = (
        {"requestBody": {"required": True, "content": content}}
        if role == "in"
        else {"responses": {"200": {"description": "d", "content": content}}}
    )
    operation = {"operationId": "op", "responses": {"204": {"description": "d"}}} | operation
    return HTTP | {
        "paths": {"/t": {"post": operation}},
        "components": {"schemas": definitions},
    }


def sides(pair: dict[str, Any], role: str) -> list[Any]:
    shared = pair.get("defs", {})
    return [
        carrying(pair[side], shared | pair.get(f"{side}defs", {}), role) for side in ("old", "new")
    ]


def both_ways(found: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(pair, id=pair["name"]) for pair in found]


@pytest.mark.parametrize("pair", both_ways(SCHEMAS))
def test_schemas(pair: dict[str, Any], tmp_path: Path) -> None:
    found, reports = [], []
    for role in ("in", "out"):
        old, new = sides(pair, role)
        for before, after in ((old, new), (new, old)):
            verdict, report = status(tmp_path, before, after)
            found.append(verdict)
            reports.append(report)
    assert found == pair["want"], f"{pair['why']}\n" + "\n".join(reports)


def document(pair: dict[str, Any], side: str) -> Any:
    base = MESSAGING if pair["kind"] == "messaging" else HTTP
    return patched(patched(base, pair.get("both", {})), pair[side])


@pytest.mark.parametrize("pair", both_ways(DOCUMENTS))
def test_documents(pair: dict[str, Any], tmp_path: Path) -> None:
    old, new = document(pair, "old"), document(pair, "new")
    found, reports = [], []
    for before, after in ((old, new), (new, old)):
        verdict, report = status(tmp_path, before, after)
        found.append(verdict)
        reports.append(report)
    assert found == pair["want"], f"{pair['why']}\n" + "\n".join(reports)
