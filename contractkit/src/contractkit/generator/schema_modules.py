"""Sorts every schema of a contract into Python modules, one per file it is written in.

Schemas are named while the code is planned; `schema_freezing` then ends the naming.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Any

from contractkit.documents import Documents, Node, made
from contractkit.errors import DefectError, SpecError
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_format import without_format
from contractkit.generator.schema_inheritance import Inheritance
from contractkit.generator.schema_overlaps import Overlaps
from contractkit.generator.schema_unions import Told
from contractkit.generator.schema_views import Direction, Views
from contractkit.location import Location, unescape
from contractkit.model.schema import Schema, of
from contractkit.naming import pascal, snake, unique
from contractkit.validators import Validators

_ANNOTATIONS = {
    "$ref", "description", "title", "summary", "examples", "example", "deprecated", "externalDocs",
}  # fmt: skip
_DEFINITION = re.compile(r"(.*/(?:\$defs|definitions|components/schemas))/([^/]+)(?:/schema)?")
_LIBRARIES = ("/$defs", "/definitions", "/components/schemas")


@dataclass(frozen=True, slots=True, order=True)
class TypeName:
    """A generated model: its module below `models` and its name."""

    module: str
    name: str


class Part(Enum):
    """Which part of a schema in a family told apart by a discriminator; values end names."""

    WHOLE = ""
    BASE = "Base"
    """What those share that extend it; its own value of the discriminator is not pinned."""
    OWN = "Own"
    """Itself, where its whole is the union with those that extend it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which model of a schema: as it stands, as one side sees it, or what children share."""

    direction: Direction = Direction.BOTH
    part: Part = Part.WHOLE


class SchemaModules:
    """Collects schemas: `require` names them, `refer` names what they refer to."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.inheritance = Inheritance(documents)
        self.overlaps = Overlaps(documents)
        self.views = Views(documents)
        self._names: dict[tuple[str, Variant], TypeName] = {}
        self._variants: dict[TypeName, Variant] = {}
        self._nodes: dict[TypeName, Node] = {}
        self._taken: dict[str, set[str]] = {}
        self._modules: dict[str, str] = {}
        self._outgoing: set[TypeName] = set()
        self._frozen = False
        self._omissions = Omissions()
        self._validators: Validators | None = None

    def require(
        self,
        schema: Schema,
        suggestion: str,
        *,
        outgoing: bool = True,
        direction: Direction = Direction.BOTH,
    ) -> TypeName:
        """Return the model's name for a schema; `suggestion` names one that has no name itself.

        `outgoing` schemas are written to the wire, so their secrets are not masked. `direction`
        chooses between the models of a schema with `readOnly` or `writeOnly` members.
        """
        node = self._resolve(of(self.documents, schema))
        if not self.views.differs(node, direction):
            direction = Direction.BOTH
        name = self._name(node, suggestion, Variant(direction))
        if outgoing:
            self._outgoing.add(name)
        return name

    def named(self, schema: Schema) -> TypeName | None:
        """Return the model's name for a schema that has one."""
        node = self._resolve(of(self.documents, schema))
        return self._names.get((node.location.reference, Variant()))

    def resolve(self, schema: Schema) -> Schema:
        """Follow references that say nothing but where the schema is."""
        node = self._resolve(of(self.documents, schema))
        return Schema(node.value, node.location)

    def resolve_within(self, schema: Schema, *keys: str) -> Schema | None:
        """Return the schema below `keys`, resolved, or None."""
        node = self.documents.child(of(self.documents, schema), *keys)
        if node is None or not isinstance(node.value, Mapping | bool):
            return None
        return self.resolve(Schema(node.value, node.location))

    @property
    def nodes(self) -> Mapping[TypeName, Node]:
        """The definitions by the names of their models, as they are written."""
        return self._nodes

    @property
    def outgoing(self) -> AbstractSet[TypeName]:
        """The models that are written to the wire."""
        return self._outgoing

    def name_libraries(self, omissions: Omissions) -> None:
        """Name every definition of the files used, so that their models are complete."""
        self._omissions = omissions
        for file in self.documents.files:
            self._library(file)
        self.documents.load()

    def end(self) -> None:
        """End the naming: what is asked for from now on must have a name."""
        self._frozen = True

    def lookup(self, reference: str, origin: Location) -> Node:
        """Return what a reference leads to, chains of plain references followed."""
        return self._resolve(self.documents.lookup(reference, origin))

    def refer(
        self, owner: TypeName, node: Node, suggestion: str, part: Part = Part.WHOLE
    ) -> TypeName:
        """Return the name of what `owner` refers to, seen from the same side."""
        direction = self._variants[owner].direction
        if not self.views.differs(node, direction):
            direction = Direction.BOTH
        return self._name(node, suggestion, Variant(direction, part))

    def passes(self, value: Any, location: Location) -> bool:
        """Return whether a value passes the schema at a place."""
        if self._validators is None:
            self._validators = Validators(self.documents)
        return not self._validators.errors(location, value)

    def accepts_default(self, value: Any, location: Location) -> bool:
        """Return whether a default passes its own schema; one that does not is left out by name."""
        if self.passes(value, location):
            return True
        place = self.below(location, "default")
        error = SpecError(place, f"The default {value!r} fails its schema.", "Correct it.")
        self._omissions.add(f"the default of {location.pointer.rpartition('/')[2]}", error)
        return False

    def variant_of(self, name: TypeName) -> Variant:
        """Return which model of its schema a name stands for."""
        return self._variants[name]

    def seen_from(
        self, owner: TypeName, value: Mapping[str, Any], location: Location
    ) -> Mapping[str, Any]:
        """Return a schema without the members that the owner's side does not see."""
        return self.views.seen(
            made(self.documents, location, value), self._variants[owner].direction
        )

    def below(self, location: Location, *keys: str) -> Location:
        """Return the place of a member of what stands at `location`."""
        return self.documents.source(location.file).locate("/".join((location.pointer, *keys)))

    def _resolve(self, node: Node) -> Node:
        seen: set[str] = set()
        node = without_format(node)
        while isinstance(node.value, Mapping) and set(node.value) <= _ANNOTATIONS:
            target = self.documents.target(node)
            if target is None or target.location.reference in seen:
                break
            seen.add(target.location.reference)
            node = without_format(target)
        return node

    def _module(self, file: str) -> str:
        if file not in self._modules:
            stem = re.sub(r"\.(ya?ml|json)$", "", posixpath.basename(file))
            name = snake(stem)
            if name in self._modules.values():
                name = unique(snake(f"{posixpath.dirname(file)} {stem}"), self._modules.values())
            self._modules[file] = name
        return self._modules[file]

    def _name(self, node: Node, suggestion: str, variant: Variant) -> TypeName:
        key = (node.location.reference, variant)
        known = self._names.get(key)
        if known is not None:
            return known
        if self._frozen:
            raise DefectError(f"{node.location}: this schema was not planned.")
        proposal = self._proposal(node, suggestion) + variant.direction.suffix
        module = self._module(node.location.file)
        taken = self._taken.setdefault(module, set())
        name = TypeName(module, unique(proposal + variant.part.value, taken))
        taken.add(name.name)
        self._names[key] = name
        self._nodes[name] = node
        self._variants[name] = variant
        return name

    def _proposal(self, node: Node, suggestion: str) -> str:
        match = _DEFINITION.fullmatch(node.location.pointer)
        if match:
            return pascal(unescape(match[2]))
        if node.location.pointer == "":
            title = node.value.get("title") if isinstance(node.value, Mapping) else None
            return pascal(title if isinstance(title, str) else self._module(node.location.file))
        return pascal(suggestion or node.location.pointer.rpartition("/")[2])

    def _library(self, file: str) -> None:
        """Take in every definition of a file, so that its models are complete."""
        for pointer in _LIBRARIES:
            try:
                node = self.documents.at(file, pointer)
            except KeyError:
                continue
            for _, child in self.documents.children(node):
                with self._omissions.leave_out(f"the schema {child.name}"):
                    schema = without_format(child)
                    if isinstance(schema.value, Mapping) and set(schema.value) - _ANNOTATIONS:
                        self._name(schema, "", Variant())

    def told(self, schema: Mapping[str, Any], location: Location) -> Told | None:
        """Return how a discriminator tells the alternatives of a union apart, or None.

        Raises SpecError where its mapping leads nowhere.
        """
        return self.inheritance.told(made(self.documents, location, schema))

    def tag(self, schema: Mapping[str, Any] | bool, location: Location) -> str | None:
        """Return the property whose constant tells the alternatives of oneOf/anyOf apart."""
        if isinstance(schema, bool):
            return None
        for key in ("oneOf", "anyOf"):
            branches = schema.get(key)
            if isinstance(branches, list) and len(branches) > 1:
                nodes = [
                    Schema(branch, self.below(location, f"{key}/{index}"))
                    for index, branch in enumerate(branches)
                    if isinstance(branch, Mapping) and "$ref" in branch
                ]
                if len(nodes) == len(branches):
                    return self.common_tag(nodes)
        return None

    def common_tag(self, schemas: list[Schema]) -> str | None:
        """Return the required property that has another constant in each of the schemas."""
        constants = [dict(self._constants(schema)) for schema in schemas]
        for name in constants[0] if constants else ():
            values = [found.get(name) for found in constants]
            if None not in values and len(set(values)) == len(values):
                return name
        return None

    def _constants(self, schema: Schema) -> Iterator[tuple[str, str]]:
        resolved = self.resolve(schema)
        if not isinstance(resolved.raw, Mapping) or not isinstance(
            resolved.raw.get("required"), list
        ):  # a schema in another format may be a text
            return
        for name in resolved.raw["required"]:
            member = self.resolve_within(resolved, "properties", str(name))
            if member is None or isinstance(member.raw, bool):
                continue
            enum = member.raw.get("enum")
            constant = member.raw.get("const", enum[0] if enum and len(enum) == 1 else None)
            if isinstance(constant, str):
                yield str(name), constant
