"""Documents of strangers, and messages that they allow, for the programs beside this file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from contractkit.compat.schema.sample import samples
from contractkit.errors import SpecError
from contractkit.model.contract import Contract
from contractkit.model.messaging import Message
from contractkit.model.schema import Schema, of
from contractkit.source import parse
from contractkit.validators import Validators

FEW = 2


def documents(folder: Path, words: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Yield the documents of a folder with the kind that their root names."""
    for file in sorted(folder.rglob("*")):
        if file.suffix not in {".yaml", ".yml", ".json"} or not file.is_file():
            continue
        if words and not any(word in str(file) for word in words):
            continue
        try:
            root = parse(file.name, file.read_bytes()).value
        except SpecError:
            text = file.read_text(errors="replace")
            root = {kind: "" for kind in ("openapi", "swagger", "asyncapi") if kind in text}
        if isinstance(root, dict) and {"openapi", "swagger", "asyncapi"} & root.keys():
            yield file, "asyncapi" if "asyncapi" in root else "openapi"


def payloads(contract: Contract, messages: Sequence[Message]) -> list[tuple[Any, Any]]:
    """Return some payloads that messages allow, each with headers."""
    validators = Validators(contract.documents)

    def good(schema: Schema) -> list[Any]:
        guesses = samples(of(contract.documents, schema))
        return [value for value in guesses if not validators.errors(schema.location, value)]

    found: list[tuple[Any, Any]] = []
    for message in messages:
        headers = next(iter(good(message.headers)), {}) if message.headers is not None else {}
        if message.payload is not None:
            found += [(value, headers) for value in good(message.payload)[:FEW]]
    return found
