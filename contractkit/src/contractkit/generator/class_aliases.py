"""Lets a type that is nothing but another name of a model class be that class.

The model generator writes `Order = TypeAliasType("Order", Purchase)`. Nobody can make an `Order`
then, and Pydantic (2.14) refuses to use such a type of a class that holds itself a second time.
"""

import ast
from collections.abc import Mapping

from contractkit.generator.model_modules import ModelModule, edited, read_modules


def with_class_aliases(sources: Mapping[str, str]) -> dict[str, str]:
    """Return modules, by name, in which other names of classes are assigned the classes."""
    modules = read_modules(sources)
    changed: dict[str, str] = {}
    for name, source in sources.items():
        known = _classes(modules[name], modules)
        aliases = [(call, ast.unparse(call.args[1])) for call in modules[name].aliases.values()]
        changed[name] = edited(source, [(call, meant) for call, meant in aliases if meant in known])
    return changed


def _classes(module: ModelModule, modules: Mapping[str, ModelModule]) -> set[str]:
    """Return how a module calls classes, its own and those of others (`other.Order`)."""
    found = set(module.classes)
    for name, (home, original) in module.foreign.items():
        if home:
            found |= {name} if home in modules and original in modules[home].classes else set()
        elif original in modules:
            found |= {f"{name}.{each}" for each in modules[original].classes}
    return found
