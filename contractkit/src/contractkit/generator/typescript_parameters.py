"""How the TypeScript client writes a parameter: as one text, or in a style of several parts."""

import json
from dataclasses import dataclass

from contractkit.model.http import Parameter

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter: its wire name and place, its property in the arguments object.

    `style` is set for parameters of several parts; `separator` for lists in one text.
    """

    wire: str
    place: str
    name: str
    type: str
    required: bool
    description: str
    separator: str | None = None
    style: str | None = None
    explode: bool = False
    kind: str = "text"

    @property
    def is_list(self) -> bool:
        """Whether it is a list whose items are repeated."""
        return self.style is None and self.separator is None and self.type.startswith("Array<")

    @property
    def expression(self) -> str:
        """What is sent as its value: a list as one text where `explode` is false."""
        given = f"given.{self.name}"
        if self.style is not None:
            return self._styled(given)
        if self.separator is None:
            return given
        return f"{given}{'' if self.required else '?'}.join({json.dumps(self.separator)})"

    @property
    def entry(self) -> str:
        """The members that it adds to an object of parameters."""
        if self.style == "deepObject":
            return f"...deep({json.dumps(self.wire)}, given.{self.name})"
        if self.style == "form" and self.explode and self.kind == "object":
            return f"...given.{self.name}"
        return f"{json.dumps(self.wire)}: {self.expression}"

    def _styled(self, given: str) -> str:
        if self.style == "json":
            return f"JSON.stringify({given})"
        if self.place == "path":
            return self._in_path(given)
        between = _SEPARATORS.get(str(self.style), ",")
        pair = "=" if self.explode else between
        text = f"styled({given}, {json.dumps(pair)}, {json.dumps(between)})"
        return text if self.required else f"{given} === undefined ? undefined : {text}"

    def _in_path(self, given: str) -> str:
        """Return the text of a path parameter, its parts encoded (RFC 6570)."""
        begin, pair, between = "", "=" if self.explode else ",", ","
        if self.style == "label":
            begin, between = ".", "." if self.explode else ","
        if self.style == "matrix":
            named = f";{self.wire}="
            begin, between = named, named if self.explode else ","
            if self.explode and self.kind == "object":
                begin, between = ";", ";"
        text = f"styled({given}, {json.dumps(pair)}, {json.dumps(between)}, encoded)"
        return f"{json.dumps(begin)} + {text}" if begin else text


def separator_of(parameter: Parameter, expression: str) -> str | None:
    """Return what joins a list into one text; None where its items are repeated."""
    repeated = parameter.explode and parameter.place == "query"
    if not expression.startswith("Array<") or repeated:
        return None
    return _SEPARATORS.get(parameter.style, ",")
