"""The constants of a generated file that hold its TypeAdapters."""

from collections.abc import Iterator

from contractkit.naming import snake, unique

_OTHERS = ("_KEY", "_TYPES", "_REPLIES", "_OWN_HEADERS", "_MESSAGE_NAMES", "_NO_CALLS")
"""How the other constants of generated files end."""


class TypeAdapters:
    """The TypeAdapters of one generated file: per payload or headers type one constant."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}

    def use(self, type_name: str, expression: str, name: str) -> str:
        """Return the constant that holds the adapter."""
        for constant, known in self._names.items():
            if known == (expression, type_name):
                return constant
        constant = f"_{snake(name).upper()}"
        if constant.endswith(_OTHERS):
            constant += "_ADAPTER"
        constant = unique(constant, self._names)
        self._names[constant] = (expression, type_name)
        return constant

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        for constant, (expression, type_name) in self._names.items():
            yield constant, expression, type_name
