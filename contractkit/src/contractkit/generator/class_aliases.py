"""Lets a type that is nothing but another name of a model class be that class.

The model generator writes `Order = TypeAliasType("Order", Purchase)`. Nobody can make an `Order`
then, and Pydantic (2.14) refuses to use such a type of a class that holds itself a second time.
"""

import ast
from collections.abc import Mapping


def with_class_aliases(sources: Mapping[str, str]) -> dict[str, str]:
    """Return modules, by name, in which other names of classes are assigned the classes."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    classes = {
        name: {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        for name, tree in trees.items()
    }
    return {
        name: _assigned(source, trees[name], classes[name] | _imported(trees[name], classes))
        for name, source in sources.items()
    }


def _imported(tree: ast.Module, classes: Mapping[str, set[str]]) -> set[str]:
    """Return the names, dotted for those of an imported module, that are classes elsewhere."""
    found: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            if node.module is None:
                found |= {f"{name}.{each}" for each in classes.get(alias.name, ())}
            elif alias.name in classes.get(node.module, ()):
                found.add(name)
    return found


def _assigned(source: str, tree: ast.Module, classes: set[str]) -> str:
    lines = source.splitlines(keepends=True)
    for node in reversed(tree.body):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, target]),
                end_lineno=int(end),
            ) if (written := ast.unparse(target)) in classes:
                lines[node.lineno - 1 : end] = [f"{name} = {written}\n"]
    return "".join(lines)
