"""Code samples for an HTTP operation, from its contract."""

import json
from typing import Any

from contractkit.model.http import HttpOperation


def _path(operation: HttpOperation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", "1")
    return path


def curl(operation: HttpOperation, body: Any) -> str:
    """Return a `curl` command for an operation; the reader sets `$ORIGIN` and `$TOKEN`."""
    streams = any(media.item_schema for each in operation.responses for media in each.content)
    lines = [f"curl{' -N' if streams else ''} -X {operation.method.upper()} \\"]
    if operation.security:
        lines.append('  -H "Authorization: Bearer $TOKEN" \\')
    if body is not None:
        lines.append('  -H "Content-Type: application/json" \\')
        text = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines.append(f"  -d '{text}' \\")
    lines.append(f'  "$ORIGIN{_path(operation)}"')
    return "\n".join(lines)


def python(operation: HttpOperation, body: Any) -> str:
    """Return the same request as Python code with httpx."""
    arguments = [f'"{_path(operation)}"']
    if body is not None:
        arguments.append(f"json={body!r}")
    call = f"client.{operation.method.lower()}({', '.join(arguments)})"
    return f"response = {call}\nresponse.raise_for_status()"
