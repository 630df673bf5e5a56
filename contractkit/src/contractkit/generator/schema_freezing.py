"""Ends the naming of schemas and rewrites all of them, for the model generator and for the wire."""

from collections.abc import Mapping
from typing import Any

from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.schema_rewriting import Rewriting
from contractkit.generator.wire_schemas import Converter, Schemas, reached, users
from contractkit.naming import pascal


def freeze(
    modules: SchemaModules, omissions: Omissions, *, assert_formats: bool = False
) -> Schemas:
    """Return what is written of all schemas; what has no model becomes Any and is told.

    The documents are JSON Schema 2020-12 with nothing but `$defs`, one per module.
    """
    modules.name_libraries(omissions)
    written: dict[TypeName, Any] = {}
    wire: dict[TypeName, Any] = {}
    edges: dict[TypeName, set[TypeName]] = {}
    local: set[TypeName] = set()
    while pending := [name for name in modules.nodes if name not in written]:
        for name in pending:
            node = modules.nodes[name]
            rewriting = Rewriting(modules, name)
            converter = Converter(modules, name, assert_formats=assert_formats)
            written[name] = {}
            wire[name] = True
            with omissions.leave_out(f"the model {name.name}, which is Any"):
                local.add(name)
                try:
                    model = rewriting.definition(node)
                finally:  # what has no model is checked all the same
                    wire[name] = converter.definition(node)
                written[name] = model
                if not converter.weak:
                    local.remove(name)
            edges[name] = rewriting.edges | converter.edges
    modules.end()
    sent = reached(modules.outgoing, edges)
    documents: dict[str, dict[str, Any]] = {}
    for name in sorted(written, key=lambda n: (n.module, modules.nodes[n].location, n.name)):
        schema = _without_secrets(written[name]) if name in sent else written[name]
        documents.setdefault(name.module, {"$defs": {}})["$defs"][name.name] = schema
    for title, document in documents.items():
        document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        document["title"] = pascal(title)
    weak = users(local, edges)
    places = {name: modules.nodes[name].location for name in written}
    return Schemas(dict(sorted(documents.items())), wire, weak, places, edges)


def _without_secrets(schema: Any) -> Any:
    """Return a copy whose passwords are plain text: masking would corrupt what is sent."""
    if isinstance(schema, list):
        return [_without_secrets(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: _without_secrets(item)
        for key, item in schema.items()
        if not (key == "format" and item == "password")
    }
