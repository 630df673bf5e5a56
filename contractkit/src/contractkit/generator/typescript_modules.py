"""Makes of one TypeScript source what Node and bundlers load: ES module, CommonJS, declarations.

Types are erased, nothing else is changed, so no Node.js is needed to generate. It understands the
TypeScript that our templates write (no enums, namespaces or parameter properties) and refuses any
other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_ERASED: Final = frozenset(
    {
        "type_annotation",
        "type_predicate_annotation",
        "asserts_annotation",
        "type_parameters",
        "type_arguments",
        "accessibility_modifier",
        "override_modifier",
        "implements_clause",
    }
)
_TYPES_ONLY: Final = frozenset({"interface_declaration", "type_alias_declaration"})
_KEPT_FIRST: Final = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})
_REFUSED: Final = frozenset({"enum_declaration", "internal_module", "decorator"})
_WITH_MARK: Final = frozenset({"optional_parameter", "public_field_definition"})
_FUNCTIONS: Final = frozenset({"function_declaration", "generator_function_declaration"})


@dataclass(frozen=True, slots=True)
class Modules:
    """The texts of one module, by what reads them."""

    esm: str
    commonjs: str
    declarations: str

    @property
    def commonjs_declarations(self) -> str:
        """The declarations for those who `require` it."""
        return self.declarations.replace('.js";', '.cjs";')


def make_modules(source: str) -> Modules:
    """Make all texts of one TypeScript source. Raises ValueError for what it can't erase."""
    data = source.encode()
    root = _parser().parse(data).root_node
    if root.has_error:
        raise ValueError("the TypeScript source does not parse")
    erased = _Eraser(data)
    return Modules(
        esm=erased.module(root),
        commonjs=_commonjs(erased, root),
        declarations=_Declarations(data).module(root),
    )


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_typescript.language_typescript()))


class _Source:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def text(self, start: int, end: int) -> str:
        return self._data[start:end].decode()

    def of(self, node: Node | None) -> str:
        return "" if node is None else self.text(node.start_byte, node.end_byte)

    def statements(self, root: Node) -> Iterator[tuple[Node, list[str]]]:
        """Yield the top-level statements, each with the comments before it."""
        comments: list[str] = []
        for node in root.named_children:
            if node.type == "comment":
                comments.append(self.of(node))
            else:
                yield node, comments
                comments = []


class _Eraser(_Source):
    """Leaves types out."""

    def module(self, root: Node) -> str:
        """Return the module without what is only a type, and without the comments on that."""
        parts: list[str] = []
        for node, comments in self.statements(root):
            text = self.statement(node)
            if text:
                parts += [*comments, text, ""]
            elif not parts:
                # The file's own comments stand before its imports.
                parts += [comment for comment in comments[:2] if node.type == "import_statement"]
        return "\n".join(parts).rstrip() + "\n"

    def statement(self, node: Node) -> str:
        """Return a top-level statement, or nothing if it is only a type."""
        inner = node.child_by_field_name("declaration") or node
        if inner.type in _TYPES_ONLY or any(child.type == "type" for child in node.children):
            return ""
        return self.erased(node)

    def erased(self, node: Node) -> str:
        """Return a node's text without its types."""
        pieces: list[str] = []
        end = node.start_byte
        for start, stop in sorted(self._cuts(node)):
            if start > end:
                pieces.append(self.text(end, start))
            end = max(end, stop)
        pieces.append(self.text(end, node.end_byte))
        return "".join(pieces)

    def _cuts(self, node: Node) -> Iterator[tuple[int, int]]:
        if node.type in _REFUSED:
            raise ValueError(f"a {node.type} can't be erased: {self.of(node)[:60]!r}")
        if node.type in _ERASED or node.type in _TYPES_ONLY:
            yield node.start_byte, node.end_byte
            return
        if node.type in _KEPT_FIRST:
            yield node.children[0].end_byte, node.end_byte
            yield from self._cuts(node.children[0])
            return
        for child in node.children:
            if child.type == "readonly" and node.type == "public_field_definition":
                yield child.start_byte, child.end_byte + 1
            elif child.type == "?" and node.type in {
                "optional_parameter",
                "public_field_definition",
            }:
                yield child.start_byte, child.end_byte
            else:
                yield from self._cuts(child)


def _commonjs(erased: _Eraser, root: Node) -> str:
    parts: list[str] = []
    exports: list[str] = []
    for node in root.named_children:
        if node.type == "comment":
            continue
        if node.type == "import_statement" and erased.statement(node):
            parts.append(_required(erased, node))
        elif node.type == "export_statement" and node.child_by_field_name("declaration") is None:
            if erased.statement(node):
                source = erased.of(node.child_by_field_name("source"))
                parts.append(f"Object.assign(exports, require({_cjs(source)}));")
        elif node.type == "export_statement":
            declaration = node.child_by_field_name("declaration")
            if declaration is not None and declaration.type not in _TYPES_ONLY:
                parts += [erased.erased(declaration), ""]
                exports += _declared(erased, declaration)
        elif text := erased.statement(node):
            parts += [text, ""]
    head = [erased.of(node) for node in root.named_children[:2] if node.type == "comment"]
    tail = [f"exports.{name} = {name};" for name in exports]
    return "\n".join([*head, '"use strict";', "", *parts, *tail]).rstrip() + "\n"


def _declared(source: _Source, declaration: Node) -> list[str]:
    name = declaration.child_by_field_name("name")
    if name is not None:
        return [source.of(name)]
    return [
        source.of(child.child_by_field_name("name"))
        for child in declaration.named_children
        if child.type == "variable_declarator"
    ]


def _required(source: _Source, node: Node) -> str:
    names = [
        source.of(child).replace(" as ", ": ")
        for clause in node.named_children
        if clause.type == "import_clause"
        for group in clause.named_children
        if group.type == "named_imports"
        for child in group.named_children
    ]
    if not names:
        raise ValueError(f"only named imports can be required: {source.of(node)!r}")
    module = _cjs(source.of(node.child_by_field_name("source")))
    return f"const {{ {', '.join(names)} }} = require({module});"


def _cjs(source: str) -> str:
    return source.replace('.js"', '.cjs"')


class _Declarations(_Source):
    """Leaves everything out but types and signatures."""

    def module(self, root: Node) -> str:
        """Return a declaration file; only what the source exports is exported."""
        parts: list[str] = []
        for node, comments in self.statements(root):
            text = self._statement(node)
            if text:
                parts += [*comments, text, ""]
        return "\n".join([*parts, "export {};"]) + "\n"

    def _statement(self, node: Node) -> str:
        if node.type == "import_statement" or node.type in _TYPES_ONLY:
            return self.of(node)
        if node.type != "export_statement":
            return ""
        declaration = node.child_by_field_name("declaration")
        if declaration is None or declaration.type in _TYPES_ONLY:
            return self.of(node)
        if declaration.type in _FUNCTIONS:
            return f"export declare function {self._signature(declaration)}"
        if declaration.type == "class_declaration":
            return f"export declare {self._class(declaration)}"
        return "\n".join(
            f"export declare const {self.of(child.child_by_field_name('name'))}"
            f"{self.of(child.child_by_field_name('type'))};"
            for child in declaration.named_children
            if child.type == "variable_declarator"
        )

    def _signature(self, node: Node) -> str:
        name = self.of(node.child_by_field_name("name"))
        generics = self.of(node.child_by_field_name("type_parameters"))
        returned = self.of(node.child_by_field_name("return_type"))
        parameters = node.child_by_field_name("parameters")
        listed = [] if parameters is None else [*map(self._parameter, parameters.named_children)]
        return f"{name}{generics}({', '.join(filter(None, listed))}){returned};"

    def _parameter(self, node: Node) -> str:
        if node.type == "comment":
            return ""
        pattern = self.of(node.child_by_field_name("pattern"))
        optional = (
            node.type == "optional_parameter" or node.child_by_field_name("value") is not None
        )
        return f"{pattern}{'?' if optional else ''}{self.of(node.child_by_field_name('type'))}"

    def _class(self, node: Node) -> str:
        heritage = "".join(
            f" {self.of(child)}" for child in node.named_children if child.type == "class_heritage"
        )
        generics = self.of(node.child_by_field_name("type_parameters"))
        lines = [f"class {self.of(node.child_by_field_name('name'))}{generics}{heritage} {{"]
        body = node.child_by_field_name("body")
        comments: list[str] = []
        hidden = False
        for member in [] if body is None else body.named_children:
            if member.type == "comment":
                comments.append(f"  {self.of(member)}")
                continue
            name = member.child_by_field_name("name")
            if name is not None and name.type == "private_property_identifier":
                hidden = True
            elif member.type == "method_definition":
                accessor = "get " if any(child.type == "get" for child in member.children) else ""
                lines += [*comments, f"  {accessor}{self._signature(member)}"]
            elif member.type == "public_field_definition":
                value = member.child_by_field_name("value")
                end = member.end_byte if value is None else value.start_byte
                field = self.text(member.start_byte, end).rstrip().removesuffix("=").rstrip()
                lines += [*comments, f"  {field};"]
            comments = []
        if hidden:
            lines.insert(1, "  #private;")
        return "\n".join([*lines, "}"])
