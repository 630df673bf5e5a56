"""Names in the TypeScript client: words that are taken, fields, hooks and what is exported."""

import json
import re
from collections.abc import Iterable, Sequence

from contractkit.model.http import HttpOperation
from contractkit.model.media_kinds import kind_of
from contractkit.naming import pascal, snake, unique, words

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that the client writes itself, so that they are no arguments."""

WORDS = frozenset({
    "body", "given", "options", "arguments", "await", "break", "case", "catch", "class", "const",
    "continue", "debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends",
    "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof",
    "interface", "let", "new", "null", "package", "private", "protected", "public", "return",
    "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while",
    "with", "yield", "undefined", "response", "part", "query", "models", "client",
    "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
    "toString", "valueOf",
})  # fmt: skip
"""Words that JavaScript or the generated functions need, and members that every object has."""

TAKEN = WORDS | {
    "authorization", "open", "frames", "transient", "wait", "fetch", "sleep",
    "isTransient", "problemOf", "openStream", "frameParser", "freshPosition", "snapshotPosition",
}  # fmt: skip
"""Words that the client or the modules of streams need beside those."""


def camel(name: str) -> str:
    """Return a name as JavaScript writes it: `jobId` for `job_id`."""
    first, *rest = snake(name).rstrip("_").split("_")
    return first + "".join(word.title() for word in rest)


def unique_fields(headers: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Return headers whose fields differ from each other and from those of every answer."""
    found: list[tuple[str, str, bool]] = []
    for wire, name, required in headers:
        taken = ["status", "body", *(field for _, field, _ in found)]
        found.append((wire, unique(name, taken), required))
    return found


def package_name(title: str) -> str:
    """Return the name of a contract's package: `slipway-client`."""
    return f"{'-'.join(word.lower() for word in words(title)) or 'contract'}-client"


def method_names(operations: Sequence[HttpOperation]) -> dict[str, str]:
    """Return the method of each operation; names that are taken get a number."""
    names: dict[str, str] = {}
    for operation in operations:
        taken = TAKEN.union(names.values())
        names[operation.operation_id] = unique(camel(operation.operation_id), taken)
    return names


def stream_names(operations: Sequence[HttpOperation]) -> dict[str, str]:
    """Return the function of each operation that answers with an event stream.

    It has the operation's name, and `Stream` behind it where the operation answers otherwise, too.
    """
    methods = method_names(operations)
    names: dict[str, str] = {}
    for operation in operations:
        kinds = {
            kind_of(media.name) == "stream"
            for response in operation.successes[:1]
            for media in response.content
        }
        name = methods[operation.operation_id]
        if True in kinds:
            taken = TAKEN.union(methods.values(), names.values())
            names[operation.operation_id] = (
                name if len(kinds) == 1 else unique(f"{name}Stream", taken)
            )
    return names


def argument_names(operation: HttpOperation) -> dict[tuple[str, str], str]:
    """Return the member of the arguments object for each parameter, by place and name."""
    names: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        if parameter.place == "cookie":
            continue
        if parameter.place == "header" and parameter.name.lower() in IGNORED_HEADERS:
            continue
        name = camel(parameter.name)
        if name in WORDS or name in names.values():
            name = unique(f"{name}{parameter.place.title()}", list(names.values()))
        names[parameter.place, parameter.name] = name
    return names


def hooks_of(operations: Sequence[HttpOperation]) -> dict[str, str]:
    """Return the React hook of each operation: `useJob` for `getJob`, its full name if taken."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for operation in operations:
        full = pascal(operation.operation_id)
        short = re.sub(r"^(Get|List|Stream)(?=[A-Z])", "", full)
        free = (name for name in (f"use{short}", f"use{full}") if name not in taken)
        names[operation.operation_id] = next(free, unique(f"use{full}Operation", taken))
        taken.add(names[operation.operation_id])
    return names


def property_key(name: str) -> str:
    """Return a name as a property's key: quoted where it is no identifier."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def exported(operations: Sequence[HttpOperation]) -> set[str]:
    """Return the names of everything beside the models that the package exports."""
    found = {
        "Client", "ClientOptions", "CallOptions", "ProblemCode", "ProblemError", "problemOf",
        "isTransient", "StreamOptions", "StreamState", "StreamEnd", "StreamControl", "RawFrame",
        "NotAnEventStreamError", "SecuredRequest",
    }  # fmt: skip
    names = [camel(operation.operation_id) for operation in operations]
    for name in (*names, *stream_names(operations).values()):
        parts = ("Arguments", "Reply", "Frame", "Handlers")
        found |= {name, f"listen{pascal(name)}", *(f"{pascal(name)}{part}" for part in parts)}
    return found
