"""Programs in TypeScript on the generated client, and a page's own `EventSource`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.docs.example_request import ExampleRequest, streams
from contractkit.docs.samples import Sample
from contractkit.documents import Documents, Node
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.model.schema import of
from contractkit.typescript_names import (
    argument_names,
    method_names,
    package_name,
    property_key,
    stream_names,
)

_WIDEST = 80
_SECRETS = {
    "basic": "`${process.env.USERNAME}:${process.env.PASSWORD}`",
    "header": "process.env.TOKEN",
    "query": "process.env.TOKEN",
}
"""What stands for the secret of a scheme in the client's `secrets`."""


@dataclass(frozen=True, slots=True)
class TypeScriptSamples:
    """Samples of one contract, whose client's package and methods they name."""

    package: str
    names: Mapping[str, str]
    streams: Mapping[str, str]
    documents: Documents

    @classmethod
    def of(cls, contract: HttpContract, documents: Documents) -> "TypeScriptSamples":
        """Return the samples of a contract."""
        operations = contract.operations
        names, streams = method_names(operations), stream_names(operations)
        return cls(package_name(contract.title), names, streams, documents)

    def client(self, request: ExampleRequest) -> Sample:
        """Return a call of the client, or a loop over its stream."""
        operation_id = request.operation.operation_id
        stream = self.streams.get(operation_id) if request.streams else None
        name = stream or self.names[operation_id]
        imported = f"Client, {name}" if request.streams else "Client"
        given = _arguments(request)
        lines = [
            f'import {{ {imported} }} from "{self.package}";',
            "",
            "const client = new Client({",
            *(f"  {option}," for option in _options(request)),
            "});",
        ]
        if request.streams:
            call = f"{name}(client{', ' + given if given else ''})"
            lines += [
                f"for await (const frame of {call}) {{",
                "  console.log(frame.event, frame.id, frame.data);",
                "}",
            ]
        else:
            lines += [f"const answer = await client.{name}({given});", "console.log(answer);"]
        return Sample("typescript", "TypeScript", "\n".join(lines))

    def page(self, request: ExampleRequest) -> Sample:
        """Return a script with `EventSource`, which opens again where a browser gives up."""
        operation = request.operation
        cursor = next(
            (
                each.name
                for each in operation.parameters
                if each.place == "query" and _plain(each.name) == "lasteventid"
            ),
            None,
        )
        resume = f"\n  if (cursor) url.searchParams.set({json.dumps(cursor)}, cursor);"
        kept = "    cursor = event.lastEventId || cursor;\n"
        names = ", ".join(json.dumps(name) for name in self.events(operation))
        text = _PAGE.format(
            target=json.dumps(request.target),
            cursor="let cursor;\n" if cursor else "",
            resume=resume if cursor else "",
            kept=kept if cursor else "",
            names=names,
        )
        return Sample("eventsource", "EventSource", text)

    def events(self, operation: HttpOperation) -> Sequence[str]:
        """Return the names of a stream's events; `message` where the document names none."""
        found: list[str] = []
        for response in operation.successes:
            for media in response.content:
                if media.item_schema is not None:
                    found += self._named(of(self.documents, media.item_schema))
        return list(dict.fromkeys(found)) or ["message"]

    def _named(self, node: Node) -> Sequence[str]:
        target = self.documents.follow(node)
        parts = [
            part
            for key in ("oneOf", "anyOf")
            for _, part in self.documents.children(self.documents.child(target, key))
        ]
        if parts:
            return [name for part in parts for name in self._named(part)]
        event = self.documents.child(target, "properties", "event")
        raw = None if event is None else self.documents.follow(event).value
        if not isinstance(raw, Mapping):
            return []
        return (
            [str(raw["const"])] if "const" in raw else [str(each) for each in raw.get("enum") or ()]
        )


_PAGE = """\
{cursor}function open() {{
  const url = new URL({target}, location.href);{resume}
  const source = new EventSource(url, {{
    withCredentials: true,
  }});
  const told = (event) => {{
{kept}    console.log(event.type, event.lastEventId, event.data);
  }};
  for (const name of [{names}]) {{
    source.addEventListener(name, told);
  }}
  source.onerror = () => {{
    // Some browsers give up for good: open again.
    if (source.readyState === EventSource.CLOSED) {{
      setTimeout(open, 3000);
    }}
  }};
}}
open();"""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _options(request: ExampleRequest) -> list[str]:
    base = f" + {json.dumps(request.base)}" if request.base else ""
    options = [f"baseUrl: process.env.ORIGIN{base}"]
    credential = request.credential
    if credential is not None and credential.kind == "bearer":
        options.append("token: process.env.TOKEN")
    if credential is not None and credential.kind in _SECRETS:
        secret = _SECRETS[credential.kind]
        options.append(f"secrets: {{ {property_key(credential.scheme)}: {secret} }}")
    return options


def _arguments(request: ExampleRequest) -> str:
    names = argument_names(request.operation)
    members = [
        f"{names[each.parameter.place, each.parameter.name]}: {_literal(each.value)}"
        for each in request.fields
        if (each.parameter.required or each.parameter.place == "path")
        and (each.parameter.place, each.parameter.name) in names
    ]
    if request.body is not None and not streams(request.operation):
        members.append(f"body: {_body(request)}")
    if not members:
        return ""
    line = ", ".join(members)
    return f"{{ {line} }}"


def _body(request: ExampleRequest) -> str:
    if request.kind == "form":
        form = "FormData" if request.media_type.startswith("multipart") else "URLSearchParams"
        pairs = request.body.items() if isinstance(request.body, dict) else ()
        literal = json.dumps({name: str(value) for name, value in pairs}, ensure_ascii=False)
        if form == "URLSearchParams":
            return f"new URLSearchParams({literal})"
        return (
            f"Object.entries({literal}).reduce((form, [name, value]) => "
            "(form.append(name, value), form), new FormData())"
        )
    if request.kind == "bytes":
        return f"new Blob([{json.dumps(str(request.body), ensure_ascii=False)}])"
    return _literal(request.body)


def _literal(value: Any) -> str:
    """Return a value as TypeScript: names without quotes where that is allowed."""
    if isinstance(value, dict):
        pairs = [
            f"{name if re.fullmatch('[A-Za-z_$][A-Za-z0-9_$]*', str(name)) else json.dumps(name)}: "
            f"{_literal(inner)}"
            for name, inner in value.items()
        ]
        line = f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        indented = ",\n".join(pairs).replace("\n", "\n  ")
        return line if len(line) < _WIDEST else f"{{\n  {indented},\n}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str)
