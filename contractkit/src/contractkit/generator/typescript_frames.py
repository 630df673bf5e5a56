"""The frames of an event stream as the TypeScript client reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.typescript_types import TypeScriptTypes
from contractkit.model.http import HttpOperation
from contractkit.model.media_kinds import kind_of
from contractkit.model.schema import Schema
from contractkit.naming import pascal


@dataclass(frozen=True, slots=True)
class FrameView:
    """One kind of frame of a stream; the function `cursor` reads from its data where it stands."""

    event: str
    type: str
    cursor: str | None = None


class FrameViews:
    """Reads which frames a stream has, and what each of them means for its reader."""

    def __init__(self, types: TypeScriptTypes, modules: SchemaModules) -> None:
        self._types = types
        self._modules = modules

    def of(self, operation: HttpOperation) -> list[FrameView]:
        """Return the kinds of frames, one per event name."""
        found: list[FrameView] = []
        for media in operation.successes[0].content:
            schema = media.item_schema or media.schema
            if kind_of(media.name) != "stream":
                continue
            if schema is None:
                found.append(FrameView("message", "string"))
                continue
            item = self._modules.resolve(schema)
            raw: Any = {} if isinstance(item.raw, bool) else item.raw
            branches = [
                self._modules.resolve_within(item, "oneOf", str(index))
                for index in range(len(raw.get("oneOf", ())))
            ] or [item]
            name = pascal(operation.operation_id)
            found += [self._frame(branch, name) for branch in branches if branch is not None]
        return list({frame.event: frame for frame in reversed(found)}.values())[::-1]

    def _frame(self, schema: Schema, operation: str) -> FrameView:
        raw: Any = {} if isinstance(schema.raw, bool) else schema.raw
        properties = raw.get("properties", {})
        if raw.get("type") == "string" and not {"enum", "const"} & raw.keys():
            return FrameView("message", "string")
        if "data" not in properties:
            name = self._modules.require(schema, f"{operation}Event", outgoing=False)
            return FrameView("message", f"models.{self._types.names[name]}")
        member = properties.get("event", {})
        event = str(member.get("const", "message") if isinstance(member, Mapping) else "message")
        data = self._modules.resolve_within(schema, "properties", "data", "contentSchema")
        if data is None:
            data = self._modules.resolve_within(schema, "properties", "data")
            plain = data is None or isinstance(data.raw, bool) or data.raw.get("type") == "string"
            if data is None or plain:
                return FrameView(event, "string")
        name = self._modules.require(data, f"{operation}{pascal(event)}Data", outgoing=False)
        typed = f"models.{self._types.names[name]}"
        return FrameView(event, typed, self._cursor(data))

    def _cursor(self, data: Schema) -> str | None:
        """Return where the position is: `snapshot.last_event_id`, or `to` of a fresh stream."""
        snapshot = self._modules.resolve_within(data, "properties", "snapshot")
        if snapshot and self._modules.resolve_within(snapshot, "properties", "last_event_id"):
            return "snapshotPosition"
        status = self._modules.resolve_within(data, "properties", "status")
        fresh = (
            status and not isinstance(status.raw, bool) and "fresh" in status.raw.get("enum", ())
        )
        if fresh and self._modules.resolve_within(data, "properties", "to"):
            return "freshPosition"
        return None
