"""Rules for whole files: references that do not resolve, and unused components."""

from collections.abc import Iterator, Mapping

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError, SpecError, UsageError
from contractkit.example_places import holds_examples
from contractkit.lint.violation import Violation
from contractkit.location import Location


def check_references(documents: Documents, files: list[str]) -> Iterator[Violation]:
    """Yield every `$ref` that can't be followed; loads all files that are referred to."""
    pending = list(files)
    seen: set[str] = set()
    while pending:
        file = pending.pop()
        if file in seen:
            continue
        seen.add(file)
        try:
            root = documents.root(file)
        except SpecError as error:
            yield Violation("unreadable", error.location, error.problem, error.mend)
            continue
        except UsageError as error:
            place = Location(file, 1, 1, "")
            yield Violation("unreadable", place, str(error), "Add the file.")
            continue
        for node in _references(documents, root):
            try:
                target = documents.lookup(node.value["$ref"], node.location)
                pending.append(target.location.file)
                node.followed()
            except SpecError as error:
                inside = error.location.file == node.location.file
                rule = "reference" if inside else "unreadable"
                yield Violation(rule, error.location, error.problem, error.mend)
            except ContractKitError as error:
                yield Violation("reference", node.location, str(error), "Correct the reference.")


def _references(documents: Documents, node: Node) -> Iterator[Node]:
    if isinstance(node.value, Mapping) and isinstance(node.value.get("$ref"), str):
        yield node
    if isinstance(node.value, Mapping | list):
        for key, child in documents.children(node):
            if not holds_examples(node, key):
                yield from _references(documents, child)


def check_unused(documents: Documents, files: list[str]) -> Iterator[Violation]:
    """Yield components of the documents that no `$ref` leads to."""
    used: set[str] = set()
    for file in documents.files:
        for node in _references(documents, documents.root(file)):
            try:
                used.add(documents.lookup(node.value["$ref"], node.location).location.reference)
            except ContractKitError:
                continue
    for file in files:
        components = documents.child(documents.root(file), "components")
        for kind, group in documents.children(components):
            if kind == "securitySchemes" and "openapi" in documents.root(file).value:
                continue  # OpenAPI uses them by name
            for name, component in documents.children(group):
                inside = f"{component.location.reference}/"
                if component.location.reference not in used and not any(
                    reference.startswith(inside) for reference in used
                ):
                    yield Violation(
                        "component-unused",
                        component.location,
                        f"Nobody uses {name!r} of components/{kind}.",
                        "Remove it, or refer to it.",
                    )
