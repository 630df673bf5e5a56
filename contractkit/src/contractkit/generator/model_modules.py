"""What the modules that the model generator wrote consist of, and how their text is changed."""

import ast
from collections.abc import Iterator, Mapping, Sequence


def read_modules(sources: Mapping[str, str]) -> dict[str, "ModelModule"]:
    """Return modules, by name, of which the sources are given."""
    return {name: ModelModule(ast.parse(source)) for name, source in sources.items()}


class ModelModule:
    """What the names of a generated module stand for.

    `imported` are names of libraries, `foreign` those of other modules (module, name), `classes`
    and `aliases` its own, the latter with the call that makes each; `taken` are all, with members.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.imported: dict[str, str] = {}
        self.foreign: dict[str, tuple[str, str]] = {}
        for node in tree.body:
            if not isinstance(node, ast.ImportFrom):
                continue
            for alias in node.names:
                name = alias.asname or alias.name
                if node.level:
                    self.foreign[name] = (node.module or "", alias.name)
                else:
                    self.imported[name] = alias.name
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        self.aliases = dict(_aliases(tree))
        members = {
            node.target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        self.taken = members | self.classes | self.foreign.keys() | self.aliases.keys()


def _aliases(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield the types that stand for others, `X = TypeAliasType("X", …)`."""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            and len(node.value.args) > 1
        ):
            yield node.targets[0].id, node.value


def edited(source: str, edits: Sequence[tuple[ast.expr, str]]) -> str:
    """Return the source with the parts replaced, the last ones first."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for part, text in sorted(edits, key=lambda e: (-e[0].lineno, -e[0].col_offset)):
        begin = starts[part.lineno - 1] + part.col_offset
        end = starts[(part.end_lineno or part.lineno) - 1] + (part.end_col_offset or 0)
        data = data[:begin] + text.encode() + data[end:]
    return data.decode()
