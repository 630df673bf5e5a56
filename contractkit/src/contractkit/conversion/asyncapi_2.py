"""Converts AsyncAPI 2.x to 3.0: operations move out of their channels, with reversed verbs.

A document of 2.x says what others may do: whoever may `publish` to a channel sends what the
application receives, whoever may `subscribe` receives what it sends. 3.0 says what the application
itself does.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from contractkit.faststream_keys import queue_and_exchange
from contractkit.location import escape, unescape
from contractkit.merge_patch import patched
from contractkit.references import moved_to
from contractkit.source import Loader, Source

VERSION: Final = "3.0.0"
CONVERTED: Final = "x-converted-from"
"""The member of a converted document that names the version it was written in."""

_ACTIONS: Final = {"publish": "receive", "subscribe": "send"}
_DROPPED: Final = ("operationId", "message")
_MESSAGE_ONLY: Final = ("schemaFormat", "messageId")
_DEEPEST: Final = 16
"""How many references or `oneOf` are followed to messages, which may lead to themselves."""


def upgrade_asyncapi_2(source: Source, load: Loader) -> None:
    """Convert a document to AsyncAPI 3.0 in place; locations stay those of the file."""
    _Upgrade(source, load).run()


class _Upgrade:
    def __init__(self, source: Source, load: Loader, converted: set[int] | None = None) -> None:
        self._source = source
        self._load = load
        self._converted = set[int]() if converted is None else converted
        self._root: dict[str, Any] = source.value
        self._operations: dict[str, Any] = {}

    def run(self) -> None:
        """Change the document in place."""
        root = self._root
        root[CONVERTED] = str(root["asyncapi"])
        root["asyncapi"] = VERSION
        for name, server in _members(root, "servers"):
            self._server(server, f"/servers/{escape(name)}")
        components = root.get("components")
        if isinstance(components, dict):
            self._components(components)
        channels: Any = root.get("channels")
        for key in list(channels) if isinstance(channels, dict) else ():
            if isinstance(channels[key], dict):
                channels[key] = self._channel(key, channels[key])
        root["operations"] = self._operations
        for _, trait in _members(_object(components), "messageTraits"):
            for key in _MESSAGE_ONLY:  # after all messages, which take the format from there
                trait.pop(key, None)

    def _components(self, components: dict[str, Any]) -> None:
        for name, message in _object(components.get("messages")).items():
            if isinstance(message, dict):
                self.message(message, f"/components/messages/{escape(str(name))}")
        for _, parameter in _members(components, "parameters"):
            self._parameter(parameter)
        for name, server in _members(components, "servers"):
            self._server(server, f"/components/servers/{escape(name)}")
        for _, trait in _members(components, "operationTraits"):
            trait.pop("operationId", None)
            self._credentials(trait)

    def _server(self, server: dict[str, Any], pointer: str) -> None:
        url = server.pop("url", None)
        if isinstance(url, str):
            match = re.fullmatch(r"(?:([A-Za-z0-9+.-]+)://)?([^/]*)(/.*)?", url)
            protocol, host, path = match.groups() if match else (None, url, None)
            server["host"] = host
            if path and path != "/":
                server["pathname"] = path
            if protocol and "protocol" not in server:
                server["protocol"] = protocol
            for key in ("host", "pathname", "protocol"):
                self._source.aliases.setdefault(f"{pointer}/{key}", f"{pointer}/url")
        self._credentials(server)

    def _credentials(self, owner: dict[str, Any]) -> None:
        """Write the schemes that an owner's requirements name, with the scopes that they demand."""
        security = owner.get("security")
        if not isinstance(security, list):
            return
        known = (self._root.get("components") or {}).get("securitySchemes") or {}
        owner["security"] = [
            {**self._resolved(known[name]), "scopes": scopes}
            if scopes and isinstance(known[name], dict)
            else {"$ref": f"#/components/securitySchemes/{escape(str(name))}"}
            for one in security
            if isinstance(one, dict)
            for name, scopes in one.items()
            if name in known
        ]

    def _channel(self, key: str, written: dict[str, Any]) -> dict[str, Any]:
        """Return a channel of 3.0, and move its operations beside the channels."""
        pointer = f"/channels/{escape(key)}"
        channel = self._resolved(written)
        result = {k: v for k, v in channel.items() if k not in {*_ACTIONS, "$ref"}}
        result["address"] = _address(key, channel)
        servers = channel.get("servers")
        if isinstance(servers, list):
            result["servers"] = [{"$ref": f"#/servers/{escape(str(name))}"} for name in servers]
        for _, parameter in _members(result, "parameters"):
            self._parameter(parameter)
        messages: dict[str, Any] = {}
        for verb in _ACTIONS:
            operation = channel.get(verb)
            if isinstance(operation, dict):
                self._operation(verb, key, pointer, self._resolved(operation), messages)
        result["messages"] = messages
        self._source.aliases[f"{pointer}/address"] = pointer
        return result

    def _operation(
        self, verb: str, key: str, pointer: str, operation: dict[str, Any], messages: dict[str, Any]
    ) -> None:
        """Add an operation of 3.0, and its messages to those of the channel."""
        name = operation.get("operationId")
        if not isinstance(name, str) or not name or name in self._operations:
            name = f"{verb} {key}"
        place = f"{pointer}/{verb}"
        result = {k: v for k, v in operation.items() if k not in _DROPPED}
        self._credentials(result)
        self._merge_traits(result)
        result["action"] = _ACTIONS[verb]
        result["channel"] = {"$ref": f"#{pointer}"}
        chosen: list[dict[str, str]] = []
        for written, message in self._alternatives(operation.get("message"), f"{place}/message"):
            found = self._message_key(message, name, messages)
            if found not in messages:
                messages[found] = message
                self._source.aliases[f"{pointer}/messages/{escape(found)}"] = written
                self.message(message, written)
            chosen.append({"$ref": f"#{pointer}/messages/{escape(found)}"})
        result["messages"] = chosen
        self._operations[name] = result
        self._source.aliases[f"/operations/{escape(name)}"] = place
        self._source.aliases[f"{place}/messages"] = f"{place}/message"

    @staticmethod
    def _message_key(message: dict[str, Any], operation: str, taken: Mapping[str, Any]) -> str:
        """Return the key of a message in its channel; the same reference has the same key."""
        reference = message.get("$ref")
        names = [message.get("messageId"), message.get("name")]
        if isinstance(reference, str):
            names = [unescape(unquote(reference.rpartition("/")[2]))]
        name = next((n for n in names if isinstance(n, str) and n), f"{operation}Message")
        found, number = name, 2
        while found in taken and taken[found] != message:
            found, number = f"{name}{number}", number + 1
        return found

    def _alternatives(
        self, message: Any, pointer: str, depth: int = 0
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the messages of an operation, each with its pointer; a reference may be several."""
        if not isinstance(message, dict) or depth > _DEEPEST:
            return
        target, place = message, pointer
        for _ in range(_DEEPEST):
            reference = target.get("$ref")
            if not isinstance(reference, str):
                break
            place = unquote(reference[1:]) if reference.startswith("#") else pointer
            target = self._resolved(target)
        choices = target.get("oneOf")
        if not isinstance(choices, list):
            yield pointer, message
            return
        for index, choice in enumerate(choices):
            yield from self._alternatives(choice, f"{place}/oneOf/{index}", depth + 1)

    def message(self, message: dict[str, Any], pointer: str) -> None:
        """Move a schema format beside its schema, as in 3.0; also where a reference leads."""
        if id(message) in self._converted:
            return
        self._converted.add(id(message))
        if isinstance(message.get("$ref"), str):
            self._message_elsewhere(message["$ref"])
            return
        traits = [self._resolved(trait) for trait in _objects(message.get("traits"))]
        formats = [trait["schemaFormat"] for trait in traits if "schemaFormat" in trait]
        self._merge_traits(message)
        schema_format = message.pop("schemaFormat", formats[-1] if formats else None)
        message.pop("messageId", None)
        if isinstance(schema_format, str) and "payload" in message:
            message["payload"] = {"schemaFormat": schema_format, "schema": message["payload"]}
            self._source.aliases[f"{pointer}/payload/schema"] = f"{pointer}/payload"

    def _message_elsewhere(self, reference: str) -> None:
        """Convert a message in a file that is no document of its own, which nobody else does."""
        path, _, fragment = reference.partition("#")
        source = self._load(self._source.file, unquote(path)) if path else None
        if source is None or not isinstance(source.value, dict) or "asyncapi" in source.value:
            return
        found: Any = source.value
        for token in unquote(fragment).split("/")[1:]:
            found = found.get(unescape(token)) if isinstance(found, dict) else None
        if isinstance(found, dict):
            _Upgrade(source, self._load, self._converted).message(found, unquote(fragment))

    def _merge_traits(self, target: dict[str, Any]) -> None:
        """Merge traits over their target, as 2.x says; in 3.0 the target has precedence."""
        for trait in _objects(target.get("traits")):
            for key, value in self._resolved(trait).items():
                if key in target and key != "traits":
                    target[key] = patched(target[key], value)

    def _parameter(self, parameter: dict[str, Any]) -> None:
        """Add what 3.0 has of a parameter's schema: an enumeration of strings and a default."""
        schema = parameter.get("schema")
        if not isinstance(schema, dict):
            return
        schema = self._resolved(schema)
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if isinstance(values, list):
            parameter.setdefault("enum", [str(value) for value in values])
        if "default" in schema:
            parameter.setdefault("default", str(schema["default"]))

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return the target of a reference, with its own references rewritten for this file."""
        reference = value.get("$ref")
        if not isinstance(reference, str) or "://" in reference:
            return value
        path, _, fragment = reference.partition("#")
        source = self._load(self._source.file, unquote(path)) if path else self._source
        found: Any = None if source is None else source.value
        for token in unquote(fragment).split("/")[1:]:
            found = found.get(unescape(token)) if isinstance(found, dict) else None
        if source is None or not isinstance(found, dict):
            return value
        resolved: dict[str, Any] = moved_to(found, source.file, self._source.file)
        return resolved


def _address(key: str, channel: Mapping[str, Any]) -> str:
    """Return the address of a channel: its key, but of FastStream's exports the routing key.

    There `cc` of the operation is the routing key.
    """
    binding = (channel.get("bindings") or {}).get("amqp") or {}
    exchange = binding.get("exchange") or {}
    named = queue_and_exchange(key)
    if named is None or named[1] != exchange.get("name", ""):
        return key
    for verb in _ACTIONS:
        copied = ((channel.get(verb) or {}).get("bindings") or {}).get("amqp", {}).get("cc")
        if isinstance(copied, str):
            return copied
    return named[0]


def _object(value: Any) -> dict[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none of anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _members(owner: Mapping[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the members of a map that are objects, not references."""
    members = owner.get(key)
    for name, value in members.items() if isinstance(members, dict) else ():
        if isinstance(value, dict) and "$ref" not in value:
            yield str(name), value
