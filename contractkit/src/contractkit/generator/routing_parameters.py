"""The parameters of a routing key: where they come from and how they are typed."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from contractkit.errors import UnsupportedError
from contractkit.generator.key_pattern import key_pattern
from contractkit.generator.messaging_views import HeaderView, ParameterView
from contractkit.generator.models import ModelIndex
from contractkit.generator.object_members import ObjectMembers, members_of
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.keywords import ASSERTIONS
from contractkit.location import escape
from contractkit.model.messaging import AddressParameter, Message, MessagingOperation
from contractkit.model.schema import Schema
from contractkit.naming import pascal, snake, unique

RESERVED = (
    "payload", "task_id", "message_id", "correlation_id", "topology", "exchange", "routing_key",
    "headers", "body", "redelivered", "self", "l",
)  # fmt: skip
_SOURCE = re.compile(r"\$message\.payload#((?:/[^/]+)+)")
_SEPARATORS = ".*#/"
_WORDS = {"str", "int", "UUID"}
_EXACT_FORMATS = {"uuid", "date-time", "date"}


class RoutingParameters:
    """Makes the views of an operation's routing key parameters."""

    def __init__(
        self, modules: SchemaModules, index: ModelIndex, adapter: Callable[[TypeName], str]
    ) -> None:
        self._modules = modules
        self._index = index
        self._adapter = adapter

    def views(
        self,
        operation: MessagingOperation,
        types: list[TypeName],
        key: str,
        headers: Sequence[HeaderView],
    ) -> list[ParameterView]:
        """Return the parameters of a routing key in its order. Raises UnsupportedError.

        The arguments of `headers` have their names before.
        """
        views: list[ParameterView] = []
        declared = {parameter.name: parameter for parameter in operation.channel.parameters}
        if operation.channel.address is None:
            place = operation.channel.location
            declared.setdefault("address", AddressParameter("address", None, (), None, "", place))
        for name in re.findall(r"\{([^}]*)\}", key):
            if name not in declared:
                raise UnsupportedError(
                    operation.channel.location,
                    f"The address has a parameter {name!r} that is not declared.",
                    "Declare it below the channel's `parameters`.",
                )
            taken = [*RESERVED, *(h.field for h in headers), *(v.name for v in views)]
            field = snake(name)
            field = unique(f"{field}_parameter", taken) if field in taken else field
            header = _located(declared[name], headers)
            if header is None:
                view = self._parameter(declared[name], field, operation, types)
            else:
                view = _of_header(declared[name], field, header, operation.action)
            checked = type_of_words(declared[name], self._modules)
            if checked is not None:
                view = replace(view, adapter=self._adapter(checked))
            views.append(view)
        return views

    def _parameter(
        self,
        parameter: AddressParameter,
        field: str,
        operation: MessagingOperation,
        types: list[TypeName],
    ) -> ParameterView:
        _require_words(parameter)
        if parameter.source is None or parameter.source.startswith("$message.header#"):
            annotation = _choice(parameter)
            pointer = f"/{parameter.name}"
            default = parameter.default
            if parameter.enum and default not in parameter.enum:
                default = None
            return ParameterView(field, annotation, None, "", pointer, parameter.enum, default)
        match = _SOURCE.fullmatch(parameter.source)
        if match is None:
            raise UnsupportedError(
                parameter.location,
                f"The location {parameter.source!r} of {parameter.name!r} is not understood.",
                "Write `$message.payload#/<property>`.",
            )
        path = match[1].split("/")[1:]
        found = [
            self._attribute(message, path, parameter, name)
            for message, name in zip(operation.messages, types, strict=True)
        ]
        expressions = {expression for expression, _, _ in found}
        annotations = list(dict.fromkeys(annotation for _, annotation, _ in found))
        if len(expressions) > 1:
            raise UnsupportedError(
                parameter.location,
                f"{parameter.name!r} has another Python name in each message.",
                "Name the property alike in all of the channel's messages.",
            )
        expression = expressions.pop()
        text = expression if all(plain for _, _, plain in found) else f"str({expression})"
        annotation = " | ".join(annotations)
        held = {f"Literal[{value!r}]" for value in parameter.enum}.issuperset(annotations)
        enum = () if held else parameter.enum
        return ParameterView(field, annotation, expression, text, match[1], enum)

    def _attribute(
        self, message: Message, path: list[str], parameter: AddressParameter, owner: TypeName
    ) -> tuple[str, str, bool]:
        """Return the expression, its type and whether it is text already."""
        expression = "payload"
        schema = message.payload
        name: TypeName | None = owner
        for key in path:
            members = members_of(schema, self._modules) if schema is not None else ObjectMembers()
            attribute = None if name is None else self._index.attribute(name, key)
            if name is None or attribute is None or key not in members.required:
                raise UnsupportedError(
                    parameter.location,
                    f"{parameter.source} is not a required property of the payload of "
                    f"{message.name!r}.",
                    "Require the property there, or remove the parameter's location.",
                )
            expression += f".{attribute}"
            schema = members.schemas.get(key)
            named = None if schema is None else self._modules.named(schema)
            name = named or self._index.inner.get((name, key))
        return expression, *self._text_type(schema, parameter)

    def _text_type(self, schema: Schema | None, parameter: AddressParameter) -> tuple[str, bool]:
        raw: Any = {} if schema is None or isinstance(schema.raw, bool) else schema.raw
        if isinstance(raw.get("const"), str):
            return f"Literal[{raw['const']!r}]", True
        kind = raw.get("type")
        if kind == "string" or isinstance(next(iter(raw.get("enum", ())), None), str):
            exact = raw.get("format") in _EXACT_FORMATS
            return ("Any" if exact else "str"), not exact
        if kind == "integer":
            return "int", False
        raise UnsupportedError(
            parameter.location,
            f"{parameter.source} is neither text nor an integer.",
            "Only those fit into a routing key.",
        )


def type_of_words(parameter: AddressParameter, modules: SchemaModules) -> TypeName | None:
    """Return the type of a parameter whose schema says more than that it is text."""
    if parameter.schema is None:
        return None
    raw = modules.resolve(parameter.schema).raw
    if isinstance(raw, bool):
        return None
    plain = raw.get("type", "string") == "string" and raw.get("format") not in _EXACT_FORMATS
    if plain and not raw.keys() & (ASSERTIONS - {"type", "enum", "const"}):
        return None
    return modules.require(parameter.schema, f"{pascal(parameter.name)}Parameter")


def _located(parameter: AddressParameter, headers: Sequence[HeaderView]) -> HeaderView | None:
    """Return the header that a parameter stands for, when it fits into a routing key."""
    return next((header for header in headers if stands_for(parameter, header)), None)


def stands_for(parameter: AddressParameter, header: HeaderView) -> bool:
    """Return whether the location of a parameter is a header that fits into a routing key."""
    return (
        parameter.source == f"$message.header#/{escape(header.name)}"
        and header.annotation in _WORDS
    )


def _of_header(
    parameter: AddressParameter, field: str, header: HeaderView, action: str
) -> ParameterView:
    """Return a parameter that a header says: it fills it when sent, and agrees when received."""
    _require_words(parameter)
    sent = header.field if header.constant is None else repr(header.constant)
    return ParameterView(
        name=field,
        annotation=_choice(parameter),
        attribute=sent if action == "send" else None,
        text="",
        pointer=f"/headers/{escape(header.name)}",
        enum=parameter.enum,
        held=header.read,
    )


def _choice(parameter: AddressParameter) -> str:
    literal = f"Literal[{', '.join(map(repr, parameter.enum))}]"
    return literal if parameter.enum else "str"


def _require_words(parameter: AddressParameter) -> None:
    """Raise UnsupportedError when a value of a parameter's choice is no word of a routing key."""
    for value in parameter.enum:
        if not value or set(value) & set(_SEPARATORS):
            raise UnsupportedError(
                parameter.location,
                f"The value {value!r} of {parameter.name!r} is no word of a routing key.",
                f"Write values that are not empty and have none of {' '.join(_SEPARATORS)}.",
            )


def slots(key: str, parameters: Sequence[ParameterView]) -> str:
    """Return the routing key as a format string."""
    if not parameters:
        return key
    plain = [part.replace("{", "{{").replace("}", "}}") for part in re.split(r"\{[^}]*\}", key)]
    places = [f"{{{parameter.name}}}" for parameter in parameters]
    return "".join(itertools.chain.from_iterable(zip(plain, [*places, ""], strict=True)))


def pattern(key: str, parameters: Sequence[ParameterView]) -> str:
    """Return the regular expression that takes a routing key apart."""
    if not parameters:
        return re.escape(key)
    return key_pattern(re.sub(r"\{[^}]*\}", "\0", key)).replace("\0", "([^./]+)")
