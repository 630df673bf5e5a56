"""The constants of a generated file that hold its TypeAdapters."""

from collections.abc import Iterator

from contractkit.naming import snake, unique


class TypeAdapters:
    """The TypeAdapters of one generated file: per payload or headers type one constant."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}

    def use(self, type_name: str, expression: str, name: str) -> str:
        """Return the constant that holds the adapter."""
        for constant, known in self._names.items():
            if known == (expression, type_name):
                return constant
        constant = unique(f"_{snake(name).upper()}", self._names)
        self._names[constant] = (expression, type_name)
        return constant

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        for constant, (expression, type_name) in self._names.items():
            yield constant, expression, type_name
