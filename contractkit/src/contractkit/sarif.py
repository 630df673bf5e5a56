"""Writes SARIF 2.1.0 (OASIS standard, 27 March 2020) for code hosts; lint and diff share it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contractkit.git import top_of
from contractkit.level import Level
from contractkit.location import Location

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class RuleDescription:
    """A rule's description in SARIF; `level` is the default level of its results."""

    identifier: str
    text: str
    level: Level = Level.WARNING
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RootedLocation:
    """A location, and the folder that its file is relative to."""

    location: Location
    root: Path
    message: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One finding. `suppression` is the reason why it is suppressed, or None."""

    rule: str
    level: Level
    message: str
    place: RootedLocation | None = None
    related: Sequence[RootedLocation] = ()
    fingerprint: str = ""
    suppression: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def write_sarif(tool: str, rules: Sequence[RuleDescription], results: Sequence[Result]) -> str:
    """Return a SARIF log with one run; files are relative to the root of the repository."""
    order = {rule.identifier: index for index, rule in enumerate(rules)}
    driver = {
        "name": tool,
        "semanticVersion": tool_version(),
        "version": tool_version(),
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "results": [_result(result, order) for result in results],
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def tool_version() -> str:
    """Return the version of contractkit that is installed."""
    try:
        return version("contractkit")
    except PackageNotFoundError:  # run from a checkout without an installation
        return "0.0.0"


def _rule(rule: RuleDescription) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.identifier,
        "shortDescription": {"text": rule.text},
        "defaultConfiguration": {"level": rule.level},
    }
    if rule.properties:
        described["properties"] = dict(rule.properties)
    return described


def _result(result: Result, order: Mapping[str, int]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": order[result.rule],
        "level": result.level,
        "message": {"text": result.message},
    }
    if result.place is not None:
        body["locations"] = [_location(result.place)]
    if result.related:
        body["relatedLocations"] = [
            {"id": number, **_location(place)} for number, place in enumerate(result.related, 1)
        ]
    if result.fingerprint:
        body["partialFingerprints"] = {"contractkit/v1": result.fingerprint}
    if result.suppression:
        body["suppressions"] = [{"kind": "external", "justification": result.suppression}]
    if result.properties:
        body["properties"] = dict(result.properties)
    return body


def _location(place: RootedLocation) -> dict[str, Any]:
    location = place.location
    body: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri_of(location.file, place.root)},
            "region": {"startLine": location.line, "startColumn": location.column},
        }
    }
    if location.pointer:
        body["logicalLocations"] = [{"fullyQualifiedName": location.pointer}]
    if place.message:
        body["message"] = {"text": place.message}
    return body


def uri_of(file: str, root: Path) -> str:
    """Return a file's URI: relative to its repository's root, outside of any a `file:` URI."""
    path = root.resolve() / file
    top = top_of(root)
    return path.as_uri() if top is None else quote(path.relative_to(top).as_posix())
