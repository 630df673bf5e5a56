"""Gives the defaults of generated models the type of their field.

The model generator writes the default of a date as the text that JSON has for it; the model would
then hold text where its type says `date`, itself or by way of other types of any module.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contractkit.generator.model_modules import ModelModule, edited, read_modules

_READERS: Final = {"date": "{}.fromisoformat", "AwareDatetime": "{}.fromisoformat", "UUID": "{}"}
"""How the text of a default is read, by the type of its field."""
_HOMES: Final = {
    "date": ("datetime", "date"),
    "AwareDatetime": ("datetime", "datetime"),
    "UUID": ("uuid", "UUID"),
}
"""Where what reads it is imported from."""
_TEXTS: Final = {"str", "StrictStr"}
_DEPTH: Final = 20
"""How far types are followed that stand for others; a type may contain itself."""


def with_typed_defaults(sources: Mapping[str, str]) -> dict[str, str]:
    """Return modules, by name, whose fields have defaults of their own types."""
    modules = read_modules(sources)
    return {name: _Typing(modules[name], modules).of(source) for name, source in sources.items()}


@dataclass(frozen=True, slots=True)
class _Type:
    """One alternative of a field's type, and the module whose names it is written with."""

    expression: ast.expr
    module: ModelModule

    @property
    def name(self) -> str:
        """The name of a type without arguments; else an empty text."""
        return self.expression.id if isinstance(self.expression, ast.Name) else ""

    @property
    def kind(self) -> str:
        """What the name was imported as."""
        return self.module.imported.get(self.name, self.name)

    def inner(self, generic: str) -> ast.expr | None:
        """Return what `list` holds, or the values of `dict`; None for other types."""
        found = self.expression
        if not isinstance(found, ast.Subscript) or not isinstance(found.value, ast.Name):
            return None
        if found.value.id != generic:
            return None
        return found.slice.elts[-1] if isinstance(found.slice, ast.Tuple) else found.slice


class _Typing:
    """Writes the defaults of one module; `_imports` are those that it needs for it."""

    def __init__(self, module: ModelModule, modules: Mapping[str, ModelModule]) -> None:
        self._module = module
        self._modules = modules
        self._imports: dict[str, str] = {}

    def of(self, source: str) -> str:
        """Return the module's source with typed defaults."""
        edits: list[tuple[ast.expr, str]] = []
        for node in ast.walk(self._module.tree):
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                edits += self._edits(node.annotation, node.value)
        result = edited(source, edits)
        if any(text.startswith("Field(") for _, text in edits):
            self._imports.setdefault("Field", "from pydantic import Field\n")
        return _with_imports(result, "".join(self._imports.values()))

    def _edits(self, annotation: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, str]]:
        """Yield the parts of a default that are written in another way."""
        types = list(self._alternatives(annotation, self._module))
        made = self._models(types, value)
        if made is not None:
            yield value, f"Field(default_factory=lambda: {made})"
            return
        yield from self._texts(types, value)

    def _models(self, types: list[_Type], value: ast.expr) -> str | None:
        """Return what makes an object or a list of objects; None for all other defaults."""
        if isinstance(value, ast.List):
            inner = self._inside(types, "list")
            made = [self._models(inner, item) for item in value.elts]
            known = [one for one in made if one is not None]
            return f"[{', '.join(known)}]" if known and len(known) == len(made) else None
        names = [one for one in types if one.name and one.kind not in {"MISSING", "None"}]
        others = [one for one in types if one.inner("dict") is not None]
        if not isinstance(value, ast.Dict) or len(names) != 1 or others:
            return None
        model = self._named(names[0])
        return None if model is None else f"{model}.model_validate({ast.unparse(value)})"

    def _named(self, model: _Type) -> str | None:
        """Return how this module calls a class; it imports one that it only reaches by others."""
        if model.name not in model.module.classes:
            return None
        if model.module is self._module:
            return model.name
        file = next(name for name, module in self._modules.items() if module is model.module)
        for name, place in self._module.foreign.items():
            if place == (file, model.name):
                return name
        return self._import(f".{file}", model.name)

    def _texts(self, types: list[_Type], value: ast.expr) -> Iterator[tuple[ast.expr, str]]:
        """Yield the texts of a default that stand for something else."""
        if isinstance(value, ast.List):
            inner = self._inside(types, "list")
            for item in value.elts:
                yield from self._texts(inner, item)
        elif isinstance(value, ast.Dict):
            inner = self._inside(types, "dict")
            for item in value.values:
                yield from self._texts(inner, item)
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            kinds = {one.kind for one in types}
            known = [kind for kind in _READERS if kind in kinds]
            if len(known) == 1 and not kinds & _TEXTS:
                home, name = _HOMES[known[0]]
                reader = _READERS[known[0]].format(self._import(home, name))
                yield value, f"{reader}({value.value!r})"

    def _inside(self, types: list[_Type], generic: str) -> list[_Type]:
        return [
            found
            for one in types
            if (inner := one.inner(generic)) is not None
            for found in self._alternatives(inner, one.module)
        ]

    def _alternatives(
        self, annotation: ast.expr, module: ModelModule, depth: int = 0
    ) -> Iterator[_Type]:
        """Yield what a value may be, unions and names of types taken apart."""
        if isinstance(annotation, ast.BinOp):
            for side in (annotation.left, annotation.right):
                yield from self._alternatives(side, module, depth)
            return
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            head = annotation.value
            if isinstance(head, ast.Name) and head.id == "Annotated":
                yield from self._alternatives(annotation.slice.elts[0], module, depth)
                return
        if isinstance(annotation, ast.Name):
            home, name = module, annotation.id
            if name in module.foreign:
                file, name = module.foreign[name]
                home = self._modules.get(file, module)
            if name in home.aliases and depth < _DEPTH:
                yield from self._alternatives(home.aliases[name].args[1], home, depth + 1)
                return
            if home is not module:
                annotation = ast.Name(name)
            yield _Type(annotation, home)
            return
        yield _Type(annotation, module)

    def _import(self, home: str, name: str) -> str:
        """Return how the module calls what it may have to import; a member may have its name."""
        for known, original in self._module.imported.items():
            if original == name:
                return known
        alias = f"{name}_aliased" if name in self._module.taken else name
        suffix = "" if alias == name else f" as {alias}"
        self._imports[name] = f"from {home} import {name}{suffix}\n"
        return alias


def _with_imports(source: str, lines: str) -> str:
    """Return the module with further imports; ruff sorts them into their place."""
    index = source.index("from pydantic") if "from pydantic" in source else 0
    return source[:index] + lines + source[index:]
