"""Small contracts in memory, for tests: documents as plain values instead of files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from contractkit.compat.finding import Finding
from contractkit.compat.gate import Terms, compare
from contractkit.compat.rule import Severity
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import Tree

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 23)


class MemoryTree(Tree):
    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    @property
    def label(self) -> str:
        return "memory"

    def read(self, file: str) -> bytes:
        if file not in self.files:
            raise FileNotFoundError(file)
        return self.files[file].encode()


def contract(openapi: Any = None, asyncapi: Any = None, **more: Any) -> Contract:
    # JSON is YAML, and much quicker to write.
    files = {f"{name}.yaml": json.dumps(value) for name, value in more.items()}
    if openapi is not None:
        files["openapi.yaml"] = json.dumps(openapi)
    if asyncapi is not None:
        files["asyncapi.yaml"] = json.dumps(asyncapi)
    return read_contract(
        MemoryTree(files),
        openapi="openapi.yaml" if openapi is not None else None,
        asyncapi="asyncapi.yaml" if asyncapi is not None else None,
    )


def patched(base: Any, patch: Any) -> Any:
    """RFC 7396 JSON Merge Patch."""
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


def http_document(schema: Any, role: str, defs: Any = None) -> dict[str, Any]:
    """An OpenAPI document that carries a schema in a request (in) or a response (out)."""
    content = {"application/json": {"schema": schema}}
    operation: dict[str, Any] = {
        "operationId": "useThing",
        "responses": {"200": {"description": "a"}},
    }
    if role == "in":
        operation["requestBody"] = {"required": True, "content": content}
    else:
        operation["responses"]["200"]["content"] = content
    return {
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": defs or {}},
    }


def messaging_document(schema: Any, role: str, defs: Any = None) -> dict[str, Any]:
    """An AsyncAPI document that carries a schema in a received (in) or sent (out) message."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1.0.0"},
        "channels": {
            "things": {
                "address": "things",
                "messages": {"thing": {"payload": schema}},
                "bindings": {"amqp": {"is": "queue", "queue": {"name": "things"}}},
            }
        },
        "operations": {
            "useThing": {
                "action": "receive" if role == "in" else "send",
                "channel": {"$ref": "#/channels/things"},
            }
        },
        "components": {"schemas": defs or {}},
    }


def findings(old: Contract, new: Contract, **terms: Any) -> list[Finding]:
    terms.setdefault("version_policy", False)
    return compare(old, new, Terms(today=TODAY, **terms))


def loud(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.severity > Severity.OK]


def cases(name: str) -> list[dict[str, Any]]:
    # LibYAML reads these files in a sixth of the time, in each process that collects the tests.
    return yaml.load((CASES / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def named(case: dict[str, Any], number: int) -> str:
    return f"{case['id']}-{case.get('rule') or 'duplicate'}-{number}"
