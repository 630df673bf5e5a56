"""Fuzz the models: `python -m fuzz.models --seconds 60` (in contractkit/), or `make fuzz-models`.

Random schemas become bodies of a generated server, random values are sent to it; what it answers is
held against jsonschema-rs. Exit 1 when it takes what fails the schema, refuses what passes it, fails
itself, or when the code can't be generated or served.
"""

import argparse
import asyncio
import contextlib
import importlib
import json
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
from fastapi import FastAPI

from contractkit.generator.generate import generate
from contractkit.options import Options
from fuzz.described import Described
from fuzz.schemas import Schemas
from fuzz.values import Values

SCHEMAS = 25
"""How many schemas are generated at once."""
VALUES = 24
"""How many values are sent per schema."""
UNSAID = frozenset({"date", "date-time", "uuid", "password", "int64"})
"""The formats that are left in: those that are asserted, and one that is no constraint here."""
TAKEN, REFUSED = 204, 422


@dataclass(frozen=True, slots=True)
class Fault:
    """One disagreement: its kind, the seed of the schema, the value and the schemas."""

    kind: str
    seed: int
    value: str
    schema: str

    def __str__(self) -> str:
        return f"{self.kind} (seed {self.seed}) {self.value}\n  {self.schema}"


def batch(seed: int, folder: Path, counts: Counter[str]) -> Iterator[Fault]:
    """Yield the faults of `SCHEMAS` schemas from a seed on; `folder` is importable."""
    drawn = [_drawn(seed + index) for index in range(SCHEMAS)]
    components = {name: body for parts in drawn for name, body in parts.components.items()}
    name = f"fuzzed_{seed}"
    (folder / f"{name}.json").write_text(json.dumps(_document(drawn, components)))
    try:
        result = generate(Options(folder, f"{name}.json", None, folder / name))
        importlib.invalidate_caches()
        app = _served(importlib.import_module(f"{name}.http.default"))
    except Exception as error:  # noqa: BLE001 (each is a finding)
        yield Fault("no server", seed, repr(error)[:400], "")
        return
    counts["left out"] += len(result.omissions)
    yield from asyncio.run(_sent(app, drawn, components, counts))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A schema with the components that it refers to, all under names of its own."""

    seed: int
    name: str
    components: dict[str, Any]
    values: Values


def _drawn(seed: int) -> _Drawn:
    source = (Described if seed % 2 else Schemas)(seed)
    schema, definitions = source.schema(), source.definitions
    name = f"S{seed}"
    text = json.dumps({name: schema, **{f"{name}{key}": one for key, one in definitions.items()}})
    text = text.replace('"#/components/schemas/', f'"#/components/schemas/{name}')
    components = _without_formats(json.loads(text))
    known = {key.removeprefix(name): one for key, one in components.items()}
    values = Values(random.Random(seed), {**components, **known})
    return _Drawn(seed, name, components, values)


def _without_formats(value: Any) -> Any:
    """Return schemas without the formats that nobody asserts and that tell alternatives apart."""
    if isinstance(value, list):
        return [_without_formats(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_formats(item)
        for key, item in value.items()
        if key != "format" or not isinstance(item, str) or item in UNSAID
    }


def _document(drawn: list[_Drawn], components: dict[str, Any]) -> dict[str, Any]:
    content = {
        one.name: {"application/json": {"schema": {"$ref": f"#/components/schemas/{one.name}"}}}
        for one in drawn
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fuzzed", "version": "1"},
        "paths": {
            f"/{one.name}": {
                "post": {
                    "operationId": f"take {one.name}",
                    "requestBody": {"required": True, "content": content[one.name]},
                    "responses": {"204": {"description": "It was taken."}},
                }
            }
            for one in drawn
        },
        "components": {"schemas": components},
    }


def _served(http: Any) -> FastAPI:
    """Return an application that takes whatever the generated router lets through."""

    async def take(self: Any, **_: Any) -> None:
        return None

    methods = dict.fromkeys(http.DefaultApi.__abstractmethods__, take)
    app = FastAPI()
    app.include_router(http.build_default_router(type("Api", (http.DefaultApi,), methods)()))
    return app


async def _sent(
    app: FastAPI, drawn: list[_Drawn], components: dict[str, Any], counts: Counter[str]
) -> list[Fault]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    faults: list[Fault] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://fuzz") as client:
        for one in drawn:
            root = {
                "$ref": f"#/components/schemas/{one.name}",
                "components": {"schemas": components},
            }
            validator = jsonschema_rs.Draft202012Validator(root, validate_formats=True)
            schema = components[one.name]
            written = json.dumps(one.components)
            for _ in range(VALUES):
                value = one.values.draw(schema)
                if _is_whole_float(value):
                    continue  # a model takes no 1.0 for an integer, and says so
                text = json.dumps(value)
                answer = await client.post(
                    f"/{one.name}", content=text, headers={"content-type": "application/json"}
                )
                passes = validator.is_valid(value)
                counts["passes" if passes else "fails"] += 1
                kind = _kind(answer.status_code, passes=passes, written=written)
                if kind:
                    faults.append(Fault(kind, one.seed, text, written))
    return faults


def _kind(status: int, *, passes: bool, written: str) -> str:
    """Return what is wrong with an answer; nothing where formats alone tell texts apart."""
    if status not in (TAKEN, REFUSED):
        return f"status {status}"
    if passes == (status == TAKEN):
        return ""
    if passes:
        return "refused"
    return "" if '"oneOf"' in written and '"format"' in written else "taken"


def _is_whole_float(value: Any) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return any(_is_whole_float(one) for one in inner)
    return isinstance(value, float) and value == int(value)


@contextlib.contextmanager
def importable() -> Iterator[Path]:
    """Give an empty folder whose packages can be imported."""
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            yield Path(folder)
        finally:
            sys.path.remove(folder)


def main() -> int:
    """Run until the time is over and count."""
    parser = argparse.ArgumentParser(prog="fuzz-models", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long")
    parser.add_argument("--seed", type=int, help="where to begin (default: at random)")
    parser.add_argument("--show", type=int, default=10, help="how many of each kind to print")
    options = parser.parse_args()
    seed = first = options.seed if options.seed is not None else random.randrange(10**9)
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    begin = time.monotonic()
    with importable() as folder, contextlib.suppress(KeyboardInterrupt):
        while time.monotonic() - begin < options.seconds:
            for fault in batch(seed, folder, counts):
                faults[fault.kind] += 1
                if faults[fault.kind] <= options.show:
                    print(str(fault)[:2000], flush=True)
            seed += SCHEMAS
    print(f"{seed - first} schemas from seed {first} in {time.monotonic() - begin:.0f} s: ", end="")
    print(f"{counts['passes']} values that pass, {counts['fails']} that fail, ", end="")
    print(f"{counts['left out']} models left out")
    print(", ".join(f"{number} {kind}" for kind, number in faults.items()) or "no disagreement")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
