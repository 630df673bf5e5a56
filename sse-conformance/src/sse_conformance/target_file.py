"""Reads a target from its file: TOML, or Python with one subclass of `Target`."""

import importlib.util
import inspect
import json
import subprocess
import tomllib
from dataclasses import fields
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx

from sse_conformance.capabilities import Capabilities
from sse_conformance.errors import TargetError
from sse_conformance.process import ProcessTarget
from sse_conformance.target import StreamRequest, Target

SECONDS = 30.0
KNOWN = {
    "": {
        "name",
        "url",
        "headers",
        "channel_headers",
        "version",
        "package",
        "server",
        "publish",
        "read",
        "limits",
        "capabilities",
    },
    "server": {"command", "environment", "directory"},
    "publish": {"method", "url", "headers", "body", "json", "command"},
    "read": {"json", "ignore"},
    "limits": {"max_text", "empty_text", "control_characters"},
    "capabilities": {field.name for field in fields(Capabilities)},
}


def load(path: Path) -> Target:
    """Return the target that a file describes. Raises TargetError."""
    if not path.is_file():
        raise TargetError(f"there is no file {path}")
    if path.suffix == ".toml":
        return TomlTarget(path)
    if path.suffix == ".py":
        return _from_python(path)
    raise TargetError(f"{path} is neither .toml nor .py")


def _from_python(path: Path) -> Target:
    specification = importlib.util.spec_from_file_location(
        f"sse_conformance_target_{path.stem}", path
    )
    if specification is None or specification.loader is None:
        raise TargetError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    found = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Target) and kind.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TargetError(f"{path} has {len(found)} subclasses of Target, and must have one")
    made: Target = found[0]()
    return made


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name, {}) if name else document
    if not isinstance(table, dict):
        raise TargetError(f"[{name}] must be a table")
    unknown = sorted(set(table) - KNOWN[name])
    if unknown:
        where = f"[{name}]" if name else "the target"
        raise TargetError(
            f"{where} has no {', '.join(unknown)}; it has {', '.join(sorted(KNOWN[name]))}"
        )
    return table


class TomlTarget(ProcessTarget):
    """A target in TOML: a URL, how to publish, what is claimed, and how to start the server."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise TargetError(f"{path}: {error}") from error
        top = _table(document, "")
        self.name = str(top.get("name", path.stem))
        self._url = str(top.get("url", ""))
        self._publish = _table(top, "publish")
        if not self._url or not ({"url", "command"} & set(self._publish)):
            raise TargetError(f"{path} needs url, and [publish] with url or command")
        self._headers = dict(top.get("headers", {}))
        self._channel_headers = list(top.get("channel_headers", []))
        self._read = _table(top, "read").get("json", "")
        self._ignored = set(_table(top, "read").get("ignore", []))
        self._package = str(top.get("package", ""))
        self.version = str(top.get("version", ""))
        server = _table(top, "server")
        self.command = tuple(server.get("command", ()))
        self.environment = dict(server.get("environment", {}))
        self.directory = path.parent / str(server.get("directory", "."))
        for name, value in _table(top, "limits").items():
            setattr(self, name, value)
        self.capabilities = Capabilities(**_table(top, "capabilities"))
        self._client: httpx.Client | None = None

    def start(self) -> None:
        """Start the command, if there is one."""
        if self.command:
            super().start()

    def close(self) -> None:
        """Close the connections that were published on."""
        if self._client is not None:
            self._client.close()
            self._client = None
        super().close()

    def versions(self) -> str:
        """Return the version that is written, or the installed package's."""
        return self.version or (metadata.version(self._package) if self._package else "")

    def stream(self, channel: int = 0) -> StreamRequest:
        """Return the URL and the channel's header fields."""
        own = self._channel_headers[channel] if channel < len(self._channel_headers) else {}
        return StreamRequest(self._filled(self._url, channel=str(channel)), self._headers | own)

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        """Send the request, or run the command with the text as its input."""
        values = {"text": text, "channel": str(channel), "event": event, "id": event_id}
        if "command" in self._publish:
            command = [self._filled(part, **values) for part in self._publish["command"]]
            subprocess.run(  # noqa: S603 - what the target's file says
                command, input=text.encode(), check=True, cwd=self.directory, timeout=SECONDS
            )
            return
        headers = {
            n: self._filled(v, **values) for n, v in self._publish.get("headers", {}).items()
        }
        if "json" in self._publish:
            content = json.dumps(self._filled_all(self._publish["json"], values)).encode()
            headers = {"Content-Type": "application/json", **headers}
        else:
            content = self._filled(self._publish.get("body", "{text}"), **values).encode()
        self._client = self._client or httpx.Client(timeout=SECONDS, trust_env=False)
        answer = self._client.request(
            self._publish.get("method", "POST"),
            self._filled(self._publish["url"], **values),
            content=content,
            headers={name: value for name, value in headers.items() if value},
        )
        if not answer.is_success:
            raise TargetError(
                f"publishing was answered by {answer.status_code}: {answer.text[:200]}"
            )

    def read(self, event: str, data: str) -> str | None:
        """Return the text in JSON data at the place that `[read] json` names."""
        if event in self._control() | self._ignored:
            return None
        if not self._read:
            return data
        try:
            value = json.loads(data)
            for name in self._read.split(".") if self._read != "." else ():
                value = value[name]
        except (ValueError, KeyError, TypeError):
            return None
        return value if isinstance(value, str) else None

    def _control(self) -> set[str]:
        claims = self.capabilities
        return {claims.reset, claims.end, claims.drain_event, claims.lagged} - {""}

    def _filled(self, template: str, /, **values: str) -> str:
        for name, value in values.items():
            if name != "text":
                template = template.replace("{" + name + "}", value)
        # The text is filled in last: what it contains is not a placeholder.
        parts = [self.rendered(part) for part in template.split("{text}")]
        return values.get("text", "").join(parts)

    def _filled_all(self, value: Any, values: dict[str, str]) -> Any:
        if isinstance(value, str):
            return self._filled(value, **values)
        if isinstance(value, dict):
            filled = {name: self._filled_all(part, values) for name, part in value.items()}
            return {
                name: part for name, part in filled.items() if part or name not in {"event", "id"}
            }
        return value
