"""Checks documents against the official JSON Schemas; reports errors at the deepest place."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from contractkit.documents import Documents
from contractkit.lint.violation import Violation
from contractkit.location import escape

_SCHEMAS = {
    ("openapi", "3.0"): "openapi/3.0.json",
    ("openapi", "3.1"): "openapi/3.1.json",
    ("openapi", "3.2"): "openapi/3.2.json",
    ("asyncapi", "3.0"): "asyncapi/3.0.0.json",
    ("asyncapi", "3.1"): "asyncapi/3.1.0.json",
}


@cache
def _validator(name: str) -> Any:
    text = files("contractkit").joinpath("vendor", name).read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=False)


def check_official(documents: Documents, file: str, kind: str) -> Iterator[Violation]:
    """Yield the errors of the official schema; `kind` is `openapi` or `asyncapi`."""
    source = documents.written(file)
    version = str(source.value.get(kind, "")) if isinstance(source.value, dict) else ""
    name = _SCHEMAS.get((kind, version[:3]))
    if not version or (name is None and kind == "asyncapi" and version.startswith("2.")):
        return  # converted on reading, or without a version; the readers report what is wrong
    if name is None:
        known = ", ".join(
            [*(["2.x"] if kind == "asyncapi" else []), *(n for one, n in _SCHEMAS if one == kind)]
        )
        yield Violation(
            "specification",
            source.locate(f"/{kind}"),
            f"The version {version!r} of {kind} is not checked.",
            f"Use one of {known}.",
        )
        return
    seen: set[tuple[str, str]] = set()
    for error in _validator(name).iter_errors(source.value):
        for leaf in _leaves(error):
            pointer = "".join(f"/{escape(str(token))}" for token in leaf.instance_path)
            problem = describe(leaf)
            if (pointer, problem) not in seen:
                seen.add((pointer, problem))
                yield Violation(
                    "specification",
                    source.locate(pointer),
                    problem,
                    f"Follow the {'OpenAPI' if kind == 'openapi' else 'AsyncAPI'} "
                    f"{version} specification here.",
                )


def _leaves(error: Any) -> Iterator[Any]:
    """Yield the errors of the alternative that was most likely intended."""
    context = getattr(error.kind, "context", None)
    if not context:
        yield error
        return
    branches = [branch for branch in context if branch and not _reference_only(branch)]
    if not branches:
        yield error
        return
    best = min(branches, key=lambda branch: (_shallow(branch, error), len(branch)))
    for inner in best:
        yield from _leaves(inner)


def _reference_only(branch: list[Any]) -> bool:
    """Return whether an alternative failed only because the value is not a Reference Object."""
    return any(
        error.kind.name == "required" and getattr(error.kind, "property", "") == "$ref"
        for error in branch
    )


def _shallow(branch: list[Any], parent: Any) -> bool:
    """Return whether an alternative fails by type or constant, so that it was not intended."""
    return any(
        len(error.instance_path) == len(parent.instance_path)
        and error.kind.name in {"type", "const", "enum"}
        for error in branch
    )


def describe(error: Any) -> str:
    """Return an error's message as a sentence, cut to one line of readable length."""
    message = " ".join(str(error.message).split())
    message = message if message.endswith(".") else f"{message}."
    return message if len(message) <= 240 else f"{message[:120]} … {message[-110:]}"  # noqa: PLR2004
