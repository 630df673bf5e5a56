"""Turns an operation of the model into what the templates show; refuses what has no code."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from contractkit.errors import UnsupportedError
from contractkit.generator.broker_objects import UNKNOWN_ADDRESS, BrokerObjects
from contractkit.generator.key_pattern import key_pattern
from contractkit.generator.message_types import (
    header_types,
    max_bytes,
    payload_of,
    require_headers,
    require_own_types,
    require_types,
)
from contractkit.generator.messaging_headers import (
    carries_version,
    constant_of,
    header_views,
    refuse_header_parameters,
    sent_headers,
)
from contractkit.generator.messaging_views import (
    HeaderView,
    OperationView,
    ParameterView,
    ReplyView,
    UnionView,
)
from contractkit.generator.models import ModelIndex
from contractkit.generator.null_values import is_null
from contractkit.generator.other_messages import other_messages
from contractkit.generator.routing_parameters import RoutingParameters, pattern, slots
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.type_adapters import TypeAdapters
from contractkit.generator.types import ModelImports
from contractkit.generator.wire_schemas import Schemas
from contractkit.model.messaging import Message, MessagingOperation
from contractkit.naming import function, pascal, snake

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Route:
    """The routing key of an operation, its parameters and what a received key must match."""

    key: str
    parameters: Sequence[ParameterView]
    pattern: str
    accepted: Sequence[str]
    any_key: bool


def delivery_name(operation: MessagingOperation) -> str:
    """Return the name of the class of an operation's deliveries."""
    subject = re.sub(r"^(receive|send)_", "", snake(operation.operation_id))
    return f"{pascal(subject)}Delivery"


class OperationViews:
    """Makes the views of the operations of one generated file."""

    def __init__(
        self,
        modules: SchemaModules,
        index: ModelIndex,
        objects: BrokerObjects,
        schemas: Schemas,
        reserved: AbstractSet[str],
    ) -> None:
        self._schemas = schemas
        self._modules = modules
        self._index = index
        self._objects = objects
        self.imports = ModelImports("..models", reserved)
        self.adapters = TypeAdapters()

    def view(self, operation: MessagingOperation) -> OperationView:
        """Return the view. Raises UnsupportedError by name and place."""
        types = require_types(operation, operation.messages, self._modules)
        union = self._union(operation.operation_id, operation.messages, types, operation.action)
        headers_types = require_headers(operation, self._modules)
        shared = len(set(headers_types)) == 1
        headers, headers_adapter = self._headers(operation, headers_types[0] if shared else None)
        modes = operation.modes
        exchange = self._objects.exchange(operation.channel)
        summary = operation.title or operation.summary or operation.operation_id
        route = self._route(operation, types, headers)
        others = other_messages(operation, self._modules)
        if not shared:
            refuse_header_parameters(operation)
        return OperationView(
            operation=operation,
            name=function(operation.operation_id),
            summary=summary.rstrip(".") + ".",
            delivery=delivery_name(operation),
            union=union,
            reply=self._reply(operation),
            headers=headers if operation.celery_task is None else [],
            headers_adapter=headers_adapter,
            own_headers=self._own_headers(operation.messages, types, headers_types),
            versioned=carries_version(operation.messages[0].headers, self._modules),
            parameters=route.parameters,
            exchange=exchange.name,
            routing_key=route.key,
            format=slots(route.key, route.parameters),
            pattern=route.pattern,
            any_key=route.any_key,
            delivery_mode=modes.delivery_mode or 2,
            mandatory=exchange.type == "direct" if modes.mandatory is None else modes.mandatory,
            priority=modes.priority,
            expiration=modes.expiration,
            celery_task=operation.celery_task,
            other_names=others.names,
            other_tag=others.tag,
            other_values=others.values,
            ignores_others=operation.channel.queue is None and operation.queue is None,
            accepted=route.accepted,
            copies=[key for key in modes.cc if key != route.key],
            blind_copies=modes.bcc,
        )

    def _route(
        self, operation: MessagingOperation, types: list[TypeName], headers: Sequence[HeaderView]
    ) -> "_Route":
        """Return how an operation's messages are routed. Raises UnsupportedError."""
        channel = operation.channel
        key = self._objects.routing_key(channel)
        exchange = self._objects.exchange(channel)
        receives = operation.action == "receive"
        if receives and (key == UNKNOWN_ADDRESS or exchange.name == ""):
            accepted = [key_pattern(one) for one in self._objects.accepted_keys(operation)]
            anything = key == UNKNOWN_ADDRESS and exchange.name != ""
            return _Route(key, [], r"[\s\S]*" if anything else "", accepted, anything)
        if not receives and ("*" in key or "#" in key):
            raise UnsupportedError(
                channel.location,
                f"{operation.operation_id} sends to {key!r}, which is a pattern.",
                "Write an address; its variable words are parameters, `{word}`.",
            )
        parameters = RoutingParameters(self._modules, self._index, self._word)
        views = parameters.views(operation, types, key, headers)
        accepted = [key_pattern(one) for one in self._objects.accepted_keys(operation)]
        if receives and views and accepted:
            raise UnsupportedError(
                operation.location,
                f"{operation.operation_id} has `cc` beside an address with parameters.",
                "Put the parameters of the key into a channel of their own.",
            )
        any_key = exchange.type == "fanout" and not views
        text = r"[\s\S]*" if any_key else pattern(key, views) if views else key_pattern(key)
        return _Route(key, views, text, accepted if receives else [], any_key)

    def _union(
        self, subject: str, messages: Sequence[Message], types: list[TypeName], action: str
    ) -> UnionView:
        names = list(dict.fromkeys(self.imports.use(name) for name in types))
        tag = self._tag(messages, types)
        limits, kinds = max_bytes(messages), [message.content_type for message in messages]
        payload = " | ".join(names)
        by_type: dict[str, str] = {}
        attribute: str | None = None
        if len(names) == 1:
            adapter = self._adapter(payload, payload, payload, types)
        elif tag is not None:
            attribute = self._index.attribute(types[0], tag) or tag
            expression = f"Annotated[{payload}, Field(discriminator={attribute!r})]"
            adapter = self._adapter(payload, expression, f"{subject} payload", types)
        else:
            require_own_types(messages)
            for message, name in zip(messages, types, strict=True):
                used = self.imports.use(name)
                by_type[message.type] = self._adapter(used, used, used, [name])
            adapter = self._adapter(payload, payload, f"{subject} payload", types)
        return UnionView(
            payload=payload,
            adapter=adapter,
            by_type=by_type,
            tag=attribute,
            message_names=[message.type for message in messages],
            names=self._message_names(messages, tag, types) if action == "send" else {},
            content_type=messages[0].content_type,
            content_types=self._own(messages, tag, types, kinds) if action == "send" else {},
            max_bytes=None if None in limits else max(filter(None, limits)),
            own_max_bytes=self._own(messages, tag, types, limits),
        )

    def _own(
        self,
        messages: Sequence[Message],
        tag: str | None,
        types: list[TypeName],
        values: Sequence[_T | None],
    ) -> dict[str, _T]:
        """Return what each message has for itself, by its key; nothing where all have the same."""
        if len(set(values)) == 1:
            return {}
        keys = self._keys(messages, tag, types)
        return {key: value for key, value in zip(keys, values, strict=True) if value is not None}

    def _tag(self, messages: Sequence[Message], types: Sequence[TypeName]) -> str | None:
        """Return the property whose constants tell several messages apart."""
        schemas = [message.payload for message in messages if message.payload]
        tag = self._modules.common_tag(schemas) if len(schemas) > 1 else None
        return tag if tag and self._is_called_alike(tag, types) else None

    def _is_called_alike(self, tag: str, types: Sequence[TypeName]) -> bool:
        """Return whether a property has one name in all classes, and none is called so itself."""
        attributes = {self._index.attribute(name, tag) for name in types}
        others = {key for name in types for key in self._index.attributes.get(name) or ()} - {tag}
        return len(attributes) == 1 and not attributes & others

    def _adapter(
        self, type_name: str, expression: str, name: str, types: Sequence[TypeName]
    ) -> str:
        """Return the constant of an adapter, which checks the schema where models are weaker."""
        check = self._schemas.check(*dict.fromkeys(types))
        checked = expression if check is None else f"Annotated[{expression}, {check}]"
        return self.adapters.use(type_name, checked, name)

    def _word(self, name: TypeName) -> str:
        used = self.imports.use(name)
        return self._adapter(used, used, used, [name])

    def _reply(self, operation: MessagingOperation) -> ReplyView | None:
        reply = operation.reply
        if reply is None:
            return None
        types = require_types(operation, reply.messages, self._modules)
        action = "send" if operation.action == "receive" else "receive"
        union = self._union(f"{operation.operation_id} reply", reply.messages, types, action)
        result = union.payload
        if all(is_null(payload_of(message), self._modules) for message in reply.messages):
            result = "Any"
        versioned = all(carries_version(m.headers, self._modules) for m in reply.messages)
        headers = header_types(reply.messages, self._modules)
        every = self._word(headers[0]) if headers[0] and len(set(headers)) == 1 else None
        own = self._own_headers(reply.messages, types, headers)
        if reply.address is not None:
            return ReplyView(union, None, "", versioned, result, every, own)
        if reply.channel is None:
            raise UnsupportedError(
                reply.location, "The reply has neither address nor channel.", "Give it one."
            )
        exchange = self._objects.exchange(reply.channel)
        key = self._objects.routing_key(reply.channel)
        return ReplyView(union, exchange.name, key, versioned, result, every, own)

    def _message_names(
        self, messages: Sequence[Message], tag: str | None, types: list[TypeName]
    ) -> dict[str, str]:
        """Return the types of messages per tag value, or per class where there is no tag."""
        if len(messages) == 1:
            return {}
        keys = self._keys(messages, tag, types)
        return {key: message.type for key, message in zip(keys, messages, strict=True)}

    def _keys(
        self, messages: Sequence[Message], tag: str | None, types: list[TypeName]
    ) -> list[str]:
        """Return the tag value of each message, or its class where there is no tag."""
        if tag is not None:
            return [
                str(constant_of(payload_of(message), tag, self._modules)) for message in messages
            ]
        names = {name.name for name in types}
        if len(names) < len(types) or not all(map(self._index.is_model, types)):
            raise UnsupportedError(
                messages[0].location,
                f"{', '.join(message.name for message in messages)} can't be told apart.",
                "Give each payload a required property with a `const` of its own.",
            )
        return [name.name for name in types]

    def _own_headers(
        self,
        messages: Sequence[Message],
        types: list[TypeName],
        headers: Sequence[TypeName | None],
    ) -> dict[str, str]:
        """Return the adapters of headers that each message has for itself, by its key."""
        own = self._own(messages, self._tag(messages, types), types, headers)
        return {key: self._word(name) for key, name in own.items()}

    def _headers(
        self, operation: MessagingOperation, name: TypeName | None
    ) -> tuple[list[HeaderView], str | None]:
        schema = operation.messages[0].headers
        if name is None or schema is None:
            return [], None
        adapter = self._word(name)
        views = header_views(schema, name, self._modules, self._index)
        if operation.action == "send":
            views = sent_headers(operation, views, self._modules)
        return views, adapter
