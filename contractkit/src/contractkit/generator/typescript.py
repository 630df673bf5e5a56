"""Writes the TypeScript package: types, a REST client on `fetch`, a resuming event stream."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from contractkit.documents import Documents, Node
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.typescript_int64 import Int64Shapes
from contractkit.generator.typescript_operations import OperationViews
from contractkit.generator.typescript_security import client_security
from contractkit.generator.typescript_types import TypeScriptTypes
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.options import Options
from contractkit.typescript_names import exported, package_name

_INTERNAL: Final = ("sleep", "url")
"""Modules that the others share, and nobody else imports."""
_TYPE: Final = re.compile(r"\bmodels\.(\w+)")


@dataclass(slots=True)
class TypeScriptCode:
    """What is written below `typescript/`."""

    contract: HttpContract
    operations: Sequence[HttpOperation]
    documents: Documents
    modules: SchemaModules
    int64: str
    react: bool
    typed_headers: bool

    def write(self, documents: Mapping[str, Any], renderer: Renderer) -> None:
        """Write the package; `documents` are the schemas as the models were made from."""
        types = TypeScriptTypes(documents, int64=self.int64, reserved=exported(self.operations))
        shapes = Int64Shapes(documents, types.names, self.int64 != "number")
        writer = OperationViews(types, self.modules, typed_headers=self.typed_headers)
        views = writer.views(self.operations)
        streams = [view for view in views if view.frames]
        styled = any(
            item.style not in {None, "json"} or item.separator is not None
            for view in views
            for item in view.parameters
        )
        files = ["index", "client", "problem", "models", *_INTERNAL]
        if streams:
            files += ["events", "shared", *(["react"] if self.react else [])]
        if any(header.typed for view in views if not view.frames for header in view.headers):
            files.append("headers")
        if styled:
            files.append("styles")
        if self.int64 != "number":
            files.append("int64")
        common: dict[str, Any] = {
            "title": self.contract.title,
            "version": self.contract.version,
            "package": package_name(self.contract.title),
            "license": _license(self.contract, self.documents),
            "operations": views,
            "base": _base(self.operations),
            "streams": streams,
            "security": client_security(self.operations),
            "queries": [
                view
                for view in views
                if view.operation.method == "GET" and not view.frames and view.result != "undefined"
            ],
            "problem": writer.problem,
            "codes": _problem_codes(self.operations, self.documents),
            "keys": any(
                parameter.wire.lower() == "idempotency-key"
                for view in views
                for parameter in view.of["header"]
            ),
            "modules": files,
            "entries": [file for file in files if file not in {*_INTERNAL, "headers"}],
            "declarations": types.declarations(),
            "int64": self.int64,
            "shapes": shapes.shapes,
            "shaped": lambda text: shapes.of(_TYPE.findall(text or "")),
        }
        for file in ("package.json", "tsconfig.json", "README.md"):
            renderer.write(f"typescript/{file}.jinja", f"typescript/{file}", **common)
        for file in files:
            renderer.write_typescript(f"typescript/{file}.ts.jinja", "typescript", file, **common)


def plan_typescript(
    contract: HttpContract,
    operations: Sequence[HttpOperation],
    documents: Documents,
    modules: SchemaModules,
    options: Options,
) -> TypeScriptCode:
    """Return the client of a contract; it names every schema that its writing will need."""
    OperationViews(TypeScriptTypes.unnamed(), modules).views(operations)
    return TypeScriptCode(
        contract,
        operations,
        documents,
        modules,
        options.typescript_int64,
        options.typescript_react,
        options.typescript_headers == "typed",
    )


def _base(operations: Sequence[HttpOperation]) -> str:
    """Return what the paths begin with, in whole segments without parameters: `/api/v1`."""
    paths = [operation.path.split("/")[:-1] for operation in operations]
    shared = takewhile(lambda parts: len({*parts}) == 1, zip(*paths, strict=False))
    fixed = takewhile(lambda part: re.fullmatch(r"[\w.~-]*", part), (parts[0] for parts in shared))
    return "/".join(fixed)


def _license(contract: HttpContract, documents: Documents) -> str | None:
    """Return the contract's licence as package.json wants it: an SPDX identifier."""
    node = documents.child(documents.root(contract.location.file), "info", "license", "identifier")
    return None if node is None else str(node.value)


def _problem_codes(operations: Sequence[HttpOperation], documents: Documents) -> list[str]:
    """Return the codes of problems that the contract's examples show, in alphabetical order."""
    codes: set[str] = set()
    for operation in operations:
        for response in operation.responses:
            for media in response.content:
                if "problem" in media.name:
                    node = documents.at(media.location.file, media.location.pointer)
                    codes |= set(_codes_of(node, documents))
    return sorted(codes)


def _codes_of(media: Node, documents: Documents) -> Iterator[str]:
    for _, written in documents.children(documents.child(media, "examples")):
        example = documents.follow(written)
        for key in ("value", "dataValue"):
            node = documents.child(example, key, "code")
            if node is not None and isinstance(node.value, str):
                yield node.value
