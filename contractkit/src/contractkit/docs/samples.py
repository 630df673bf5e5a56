"""Programs that make an operation's request: for the shell, Python, TypeScript and a page.

Each runs as it stands. `ORIGIN` and the credentials (`TOKEN`, …) are the reader's environment.
"""

import json
import pprint
import shlex
from dataclasses import dataclass
from typing import Any

from contractkit.docs.example_request import ExampleRequest

_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A program; `kind` is the same for all samples that are chosen together."""

    kind: str
    label: str
    text: str


def curl(request: ExampleRequest) -> Sample:
    """Return a `curl` command."""
    lines = [f"curl{' --no-buffer' if request.streams else ''}"]
    if request.operation.method != "GET":
        lines.append(f"--request {request.operation.method}")
    credential, target = request.credential, request.target
    match credential and credential.kind:
        case "bearer":
            lines.append('--header "Authorization: Bearer $TOKEN"')
        case "basic":
            lines.append('--user "$USERNAME:$PASSWORD"')
        case "header" | "cookie":
            cookie = credential.kind == "cookie" if credential else False
            name = credential.name if credential else ""
            lines.append(f'--cookie "{name}=$TOKEN"' if cookie else f'--header "{name}: $TOKEN"')
        case "query":
            target += (
                f"{'&' if '?' in target else '?'}{credential.name if credential else ''}=$TOKEN"
            )
    lines += [
        f"--header {shlex.quote(f'{name}: {value}')}" for name, value in request.headers.items()
    ]
    lines += _curl_body(request)
    lines.append(f'"$ORIGIN{target}"')
    return Sample("curl", "curl", " \\\n  ".join(lines))


def _curl_body(request: ExampleRequest) -> list[str]:
    if request.body is None:
        return []
    if request.kind == "json":
        kind = request.media_type
        text = json.dumps(request.body, ensure_ascii=False)
        if len(text) > _WIDEST:
            text = json.dumps(request.body, ensure_ascii=False, indent=2)
        return [f"--header {shlex.quote(f'Content-Type: {kind}')}", f"--data {shlex.quote(text)}"]
    if request.kind == "form" and isinstance(request.body, dict):
        flag = "--form" if request.media_type.startswith("multipart") else "--data-urlencode"
        pairs = request.body.items()
        return [f"{flag} {shlex.quote(f'{name}={_part(value)}')}" for name, value in pairs]
    return [f"--data-binary {shlex.quote(_part(request.body))}"]


def python(request: ExampleRequest) -> Sample:
    """Return a program with httpx, for streams with httpx-sse."""
    lines = ["import os", "", "import httpx"]
    if request.streams:
        lines.append("from httpx_sse import connect_sse")
    call = [json.dumps(request.path)]
    query: list[tuple[str, Any]] = list(request.query)
    if query:
        call.append(f"params={pprint.pformat(query, width=_WIDEST)}")
    if request.headers:
        call.append(f"headers={pprint.pformat(request.headers, width=_WIDEST)}")
    call += _python_body(request)
    options = ['base_url=os.environ["ORIGIN"]', *_python_credential(request)]
    if request.streams:
        options.append("timeout=httpx.Timeout(10, read=60)")
    written = "".join(f"    {each},\n" for each in options)
    lines += ["", f"with httpx.Client(\n{written}) as client:"]
    method = request.operation.method
    if request.streams:
        lines += [
            f"    call = connect_sse(client, {json.dumps(method)}, {', '.join(call)})",
            "    with call as source:",
            "        source.response.raise_for_status()",
            "        for frame in source.iter_sse():",
            "            print(frame.event, frame.id, frame.data)",
        ]
        return Sample("python", "Python", "\n".join(lines))
    known = method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
    has_body = any(each.split("=")[0] in {"json", "data", "files", "content"} for each in call[1:])
    short = known and not (has_body and method not in {"POST", "PUT", "PATCH"})
    verb = f"{method.lower()}(" if short else f"request({json.dumps(method)}, "
    lines += [
        f"    response = client.{verb}{_spread(call)})",
        "    response.raise_for_status()",
        "    print(response.status_code, response.text)",
    ]
    return Sample("python", "Python", "\n".join(lines))


def _spread(call: list[str]) -> str:
    """Return arguments in a line, or in one each where that is too long."""
    line = ", ".join(call)
    if len(line) < _WIDEST and "\n" not in line:
        return line
    inner = ",\n".join("        " + each.replace("\n", "\n        ") for each in call)
    return f"\n{inner},\n    "


def _python_credential(request: ExampleRequest) -> list[str]:
    credential = request.credential
    if credential is None:
        return []
    value = 'os.environ["TOKEN"]'
    name = json.dumps(credential.name)
    return [
        {
            "bearer": 'headers={"Authorization": f"Bearer {os.environ[\'TOKEN\']}"}',
            "basic": 'auth=(os.environ["USERNAME"], os.environ["PASSWORD"])',
            "header": f"headers={{{name}: {value}}}",
            "query": f"params={{{name}: {value}}}",
            "cookie": f"cookies={{{name}: {value}}}",
        }[credential.kind]
    ]


def _python_body(request: ExampleRequest) -> list[str]:
    if request.body is None:
        return []
    if request.kind == "json":
        return [f"json={pprint.pformat(request.body, width=_WIDEST, sort_dicts=False)}"]
    if request.kind == "form" and isinstance(request.body, dict):
        parts = {name: _part(value) for name, value in request.body.items()}
        if request.media_type.startswith("multipart"):
            return [f"files={ ({name: (None, value) for name, value in parts.items()})!r}"]
        return [f"data={parts!r}"]
    return [f"content={_part(request.body)!r}"]


def _part(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
