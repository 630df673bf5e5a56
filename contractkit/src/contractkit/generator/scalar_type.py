"""A type that travels as text: its Python expression, and what stands behind it in `Annotated`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

_TEXTS: Final = {
    "int": "INTEGER_TEXT",
    "float": "NUMBER_TEXT",
    "bool": "BOOLEAN_TEXT",
    "date": "DATE_TEXT",
    "AwareDatetime": "DATE_TIME_TEXT",
    "UUID": "UUID_TEXT",
}
"""How the texts of a type read, of which Pydantic takes more."""


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A type that fits into text: its Python expression and keyword arguments of constraints.

    `whole` says that it is a choice among integers, `pattern` is one that Pydantic reads otherwise
    than ECMA-262, or not at all; `refused` a default that fails its schema, `items` the type of a
    list's items, `alternatives` those of a union; `single` that a text may also be an item alone.
    """

    expression: str
    constraints: Mapping[str, Any]
    default: Any = None
    enum: bool = False
    whole: bool = False
    pattern: str | None = None
    refused: Any = None
    items: "ScalarType | None" = None
    alternatives: "tuple[ScalarType, ...]" = ()
    single: bool = False

    @property
    def default_expression(self) -> str:
        """The default as source text of a value of the type."""
        if isinstance(self.default, list) and self.items is not None:
            items = (replace(self.items, default=item) for item in self.default)
            return f"[{', '.join(item.default_expression for item in items)}]"
        if self.enum and self.default is not None:
            return f"{self.expression}({self.default!r})"
        if isinstance(self.default, str):
            if self.expression == "UUID":
                return f"UUID({self.default!r})"
            if self.expression == "date":
                return f"date.fromisoformat({self.default!r})"
            if self.expression == "AwareDatetime":
                return f"datetime.fromisoformat({self.default!r})"
        return repr(self.default)

    @property
    def metadata(self) -> list[str]:
        """The constraints as source text of what stands behind a type in `Annotated`.

        The check of the text stands last: pydantic runs it first, and the schema keeps the limits.
        """
        found: list[str] = []
        if self.constraints:
            arguments = ", ".join(f"{key}={value!r}" for key, value in self.constraints.items())
            found.append(f"Field({arguments})")
        if self.pattern is not None:
            found.append(f"matches({self.pattern!r})")
        text = _TEXTS.get(self.expression)
        if self.whole:
            text = "INTEGER_TEXT" if self.enum else "CHOICE_TEXT"
        return found if text is None else [*found, text]

    @property
    def declared(self) -> str:
        """The type, its items or alternatives with what stands behind each of them."""
        if self.items is not None:
            return f"list[{self.items.annotated}]"
        return (
            " | ".join(dict.fromkeys(one.annotated for one in self.alternatives)) or self.expression
        )

    @property
    def annotated(self) -> str:
        """The type with its constraints, as one expression."""
        parts = ", ".join((self.declared, *self.metadata))
        return f"Annotated[{parts}]" if self.metadata else self.declared
