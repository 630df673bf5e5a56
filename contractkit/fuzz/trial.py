"""One pair through the whole command, and what sampling says of the same pair."""

import contextlib
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
from click.testing import CliRunner

from contractkit.compat.command import diff
from fuzz.mentions import Mentions, reduced
from fuzz.values import Values

ROLES = ("request", "response", "received", "sent")
SAMPLES = 120
RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-(2**128 - 2**104), 2**128 - 2**104),
}


@dataclass(frozen=True)
class Pair:
    """Two documents' schemas (`{"schema": …, "definitions": …}`), where they travel, and a seed."""

    old: dict[str, Any]
    new: dict[str, Any]
    role: str
    seed: int


@dataclass
class Result:
    """What was found: the kind of a disagreement, or an empty text."""

    kind: str = ""
    payload: Any = None
    status: int = 0
    detail: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)


def document(side: dict[str, Any], role: str) -> dict[str, Any]:
    """An OpenAPI or AsyncAPI document in which the schema travels in a role."""
    components = {"schemas": side["definitions"]}
    info = {"title": "fuzz", "version": "1.0.0"}
    schema = side["schema"]
    if role in ("request", "response"):
        content = {"application/json": {"schema": schema}}
        operation: dict[str, Any] = {
            "operationId": "use",
            "responses": {"204": {"description": "d"}},
        }
        if role == "request":
            operation["requestBody"] = {"required": True, "content": content}
        else:
            operation["responses"] = {"200": {"description": "d", "content": content}}
        paths = {"/things": {"post": operation}}
        return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
    message = {"payload": schema}
    channel = {"address": "things", "messages": {"thing": message}}
    operation = {
        "action": "receive" if role == "received" else "send",
        "channel": {"$ref": "#/channels/things"},
    }
    return {
        "asyncapi": "3.0.0",
        "info": info,
        "channels": {"things": channel},
        "operations": {"use": operation},
        "components": components,
    }


class Gate:
    """Runs `contractkit diff OLD NEW` in one process, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = CliRunner()

    def status(self, pair: Pair) -> tuple[int, list[dict[str, Any]]]:
        for name, side in (("old", pair.old), ("new", pair.new)):
            text = json.dumps(document(side, pair.role))
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        with working_in(self.folder):
            arguments = ["old.yaml", "new.yaml", "--format", "json"]
            result = self.runner.invoke(diff, arguments, catch_exceptions=False)
        return result.exit_code, json.loads(result.stdout)["findings"]


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def resolved(side: dict[str, Any]) -> Any:
    """The schema as one document for a validator, formats of numbers as the ranges they mean."""
    schema, definitions = _adapted(side)
    return {**schema, "$defs": definitions} if isinstance(schema, dict) else schema


def _adapted(side: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    whole = json.loads(json.dumps({"s": side["schema"], "$defs": side["definitions"]}))
    _adapt(whole)
    return whole["s"], whole["$defs"]


def _asked(side: dict[str, Any]) -> tuple[Mentions, list[Any]]:
    schema, definitions = _adapted(side)
    return Mentions(definitions), [schema]


def _adapt(value: Any) -> None:
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        _adapt(inner)
    if not isinstance(value, dict):
        return
    reference = value.get("$ref")
    if isinstance(reference, str):
        value["$ref"] = reference.replace("#/components/schemas/", "#/$defs/")
    bound = RANGES.get(value.get("format")) if isinstance(value.get("format"), str) else None
    if bound is not None:
        value["allOf"] = [*value.get("allOf", []), {"minimum": bound[0], "maximum": bound[1]}]


class Judge:
    """What validators say of a pair."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.out = pair.role in ("response", "sent")
        writer, reader = (pair.new, pair.old) if self.out else (pair.old, pair.new)
        self.writer, self.reader = writer, reader
        self.fast = [
            jsonschema_rs.Draft202012Validator(resolved(side), validate_formats=True)
            for side in (writer, reader)
        ]
        checker = jsonschema.FormatChecker()
        self.slow = [
            jsonschema.Draft202012Validator(resolved(side), format_checker=checker)
            for side in (writer, reader)
        ]

    def refutes(self, value: Any) -> bool:
        """Whether the writer's schema takes a value that the reader's refuses, as both say."""
        if not self.fast[0].is_valid(value) or self.fast[1].is_valid(value):
            return False
        return bool(self.slow[0].is_valid(value)) and not self.slow[1].is_valid(value)

    def counts(self, value: Any) -> bool:
        """Whether it refutes without what the gate forgives, too."""
        writer, reader = _asked(self.writer), _asked(self.reader)
        return any(
            self.refutes(reduced(value, writer, reader, out=self.out, replace=replace))
            for replace in (False, True)
        )

    def samples(self) -> Iterator[Any]:
        """Values near both schemas."""
        source = random.Random(self.pair.seed)
        sides = [Values(source, side["definitions"]) for side in (self.writer, self.reader)]
        for number in range(SAMPLES):
            side = 0 if number % 3 else 1
            schema = (self.writer, self.reader)[side]["schema"]
            yield sides[side].draw(schema)


def circular(side: dict[str, Any]) -> bool:
    """Whether a definition is made of itself (`A: {anyOf: [A, …]}`), which means nothing."""
    made_of = {name: _same_value(schema) for name, schema in side["definitions"].items()}
    for name in made_of:
        pending, seen = [name], set()
        while pending:
            for part in made_of.get(pending.pop(), ()):
                if part == name:
                    return True
                pending += [part] if part not in seen else []
                seen.add(part)
    return False


def _same_value(schema: Any) -> set[str]:
    """The definitions that apply to the same value as a schema."""
    if not isinstance(schema, dict):
        return set()
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    parts += [schema[key] for key in ("not", "if", "then", "else") if key in schema]
    parts += schema.get("dependentSchemas", {}).values()
    found = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
    return found.union(*map(_same_value, parts))


def judge(pair: Pair, gate: Gate) -> Result:
    """Run the command and hold it against sampling; what is no schema says nothing."""
    try:
        referee = Judge(pair)
    except (jsonschema_rs.ValidationError, ValueError):
        return Result()
    try:
        status, findings = gate.status(pair)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
        return Result("crash", detail=f"{type(error).__name__}: {error}")
    result = Result(status=status, findings=findings)
    if circular(pair.old) or circular(pair.new):
        return result
    refuting = [value for value in referee.samples() if referee.refutes(value)]
    counting = next((value for value in refuting if referee.counts(value)), None)
    if status == 0:
        if counting is not None:
            result.kind, result.payload = "missed break", counting
        return result
    if status != 1:
        result.kind, result.detail = "cannot tell", str([f["message"] for f in findings])[:200]
        return result
    return _alarm(result, referee, refuting, counting)


def _alarm(result: Result, referee: Judge, refuting: list[Any], counting: Any) -> Result:
    """A break is right when a sample or the printed witness shows it.

    When both only show what the gate forgives, it is `unforgiving`.
    """
    breaking = [
        f for f in result.findings if f["severity"] == "breaking" and f["category"] != "POLICY"
    ]
    whole = [f["witness"]["payload"] for f in breaking if f["witness"] and f["witness"]["whole"]]
    wrong = [payload for payload in whole if not referee.refutes(payload)]
    names = sorted({f["name"] for f in breaking})
    if wrong:
        result.kind, result.payload, result.detail = "wrong witness", wrong[0], ", ".join(names)
    elif not whole and not refuting:
        result.kind, result.detail = "false alarm", ", ".join(names)
    elif counting is None and not any(referee.counts(payload) for payload in whole):
        result.kind, result.detail = "unforgiving", ", ".join(names)
    return result
