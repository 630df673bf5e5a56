"""Objects that a query carries in several parts, which are parameters by themselves.

`?page=1&size=2` is an exploded object `paging`, whose name does not travel, as well as two
parameters; `?filter[a]=1` is a deep object `filter` as well as a parameter `filter[a]`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.representations import READ
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.schema.shape import Shape, nullable_inner, types
from contractkit.compat.unclassified import UNCLASSIFIED
from contractkit.compat.use import Use
from contractkit.documents import Documents, Node
from contractkit.model.http import Parameter
from contractkit.model.schema import Schema, of

Both = tuple[Sequence[Parameter], Sequence[Parameter]]
_DEEP = "deepObject"


def by_part(collector: FindingCollector, both: Both, use: Use, *, outgoing: bool) -> Both:
    """Return the parameters of OLD and NEW so that what travels alike is called alike.

    An object becomes a parameter for each property where the other side has these names, but not
    in an object of the same name. Two exploded objects of different names are one, if each side
    has no other.
    """
    objects = _lone(collector.revisions, both)
    loose = [_loose(both[side], objects[side]) for side in (0, 1)]
    if (renamed := _renamed(objects, loose)) is not None:
        was, now = renamed
        return both[0], [replace(one, name=was.name) if one is now else one for one in both[1]]
    names = [_with_parts(loose[side], objects[side]) for side in (0, 1)]
    spread = [
        _spread(both[side], objects[side], names[1 - side], writer=(side == 0) is not outgoing)
        for side in (0, 1)
    ]
    reader = 0 if outgoing else 1
    for whole in objects[reader].values():
        if whole.parameter not in spread[reader] and not whole.told:
            name, place = whole.parameter.name, whole.parameter.location
            message = f"the query parameter {name} demands more than its properties one by one"
            places = (place, None) if outgoing else (None, place)
            collector.say(UNCLASSIFIED, message, *places, use, token=name)
    return spread[0], spread[1]


def name_travels(documents: Documents, parameter: Parameter) -> bool:
    """Return whether a parameter of a path is sent with its name, as in `/;id=5`."""
    if parameter.place != "path" or parameter.style != "matrix":
        return False
    shape = _shape(documents, parameter)
    return not (parameter.explode and shape is not None)


@dataclass(frozen=True, slots=True)
class _Object:
    """A parameter whose value is an object that the query carries in several parts."""

    parameter: Parameter
    shape: Shape

    @property
    def deep(self) -> bool:
        return self.parameter.style == _DEEP

    @property
    def parts(self) -> dict[str, tuple[str, Node]]:
        """The properties by the names that they have in the query."""
        name = self.parameter.name
        return {
            f"{name}[{key}]" if self.deep else key: (key, part)
            for key, part in self.shape.properties.items()
        }

    @property
    def told(self) -> bool:
        """Whether its properties say all of it; a map, or a count of them, says more."""
        free = self.shape.value("additionalProperties", True) in (True, False, {})
        return free and self.shape.keywords.keys() <= READ - {"minProperties", "maxProperties"}

    def split(self, names: Mapping[str, bool], *, writer: bool) -> list[Parameter] | None:
        """Return a parameter for each property, or None where nothing of it has one of the names.

        A reader needs a required property only beside another one, unless the object itself is
        required. An object that is required without a required property stays as it is, unless
        something of it is certainly sent: whether none of it is an object, nobody says.
        """
        parts = self.parts
        shared = {name for name in names if name in parts}
        required = {name for name, (key, _) in parts.items() if key in self.shape.required}
        sent = bool(required) or any(names[name] for name in shared)
        if not shared or (not writer and self.parameter.required and not sent):
            return None
        if not self.parameter.required:
            required = set() if writer else {name for name in required if shared - {name}}
        return [
            replace(
                self.parameter,
                name=name,
                required=name in required,
                style="form",
                explode=True,
                schema=Schema(part.value, part.location),
            )
            for name, (_, part) in parts.items()
        ]


def _shape(documents: Documents, parameter: Parameter) -> Shape | None:
    """Return what a parameter's schema says of an object, or None where it is none."""
    if parameter.schema is None:
        return None
    node = of(documents, parameter.schema)
    shape = shape_of(nullable_inner(node) or node)
    known, _ = types(shape)
    named = known == frozenset({"object"}) or (known is None and bool(shape.properties))
    return shape if named else None


def _lone(
    revisions: tuple[Documents, Documents], both: Both
) -> tuple[dict[str, _Object], dict[str, _Object]]:
    """Return the objects of either side whose parts the other one has elsewhere or does not have.

    An object that both have by one name, and none of whose parts is anywhere else, is compared as
    a whole.
    """
    old, new = (
        {
            parameter.name: _Object(parameter, shape)
            for parameter in parameters
            if _is_split(parameter) and (shape := _shape(documents, parameter)) is not None
        }
        for documents, parameters in zip(revisions, both, strict=True)
    )
    whole = {
        name
        for name in old.keys() & new.keys()
        if not (old[name].parts.keys() | new[name].parts.keys())
        & (_elsewhere(both[0], old, name) | _elsewhere(both[1], new, name))
    }
    return (
        {name: one for name, one in old.items() if name not in whole},
        {name: one for name, one in new.items() if name not in whole},
    )


def _elsewhere(
    parameters: Sequence[Parameter], objects: Mapping[str, _Object], name: str
) -> set[str]:
    """Return the names that the query of one side has apart from the object of a name."""
    others = {key: one for key, one in objects.items() if key != name}
    return set(_with_parts(_loose(parameters, objects), others))


def _renamed(
    objects: Sequence[Mapping[str, _Object]], loose: Sequence[Mapping[str, bool]]
) -> tuple[Parameter, Parameter] | None:
    """Return the two exploded objects that differ in their names, which do not travel."""
    if any(len(found) != 1 for found in objects):
        return None
    ((was,), (now,)) = (found.values() for found in objects)
    elsewhere = (loose[0].keys() & now.parts.keys()) | (loose[1].keys() & was.parts.keys())
    if was.deep or now.deep or elsewhere or was.parameter.name in loose[1]:
        return None
    return was.parameter, now.parameter


def _is_split(parameter: Parameter) -> bool:
    exploded = parameter.style == "form" and parameter.explode
    return parameter.place == "query" and (exploded or parameter.style == _DEEP)


def _loose(parameters: Sequence[Parameter], objects: Mapping[str, _Object]) -> dict[str, bool]:
    """Return the names in the query of one side, but for objects, and which are required."""
    whole = {id(one.parameter) for one in objects.values()}
    queries = (one for one in parameters if one.place == "query" and id(one) not in whole)
    return {one.name: one.required for one in queries}


def _with_parts(loose: Mapping[str, bool], objects: Mapping[str, _Object]) -> dict[str, bool]:
    parts = {
        name: one.parameter.required and key in one.shape.required
        for one in objects.values()
        for name, (key, _) in one.parts.items()
    }
    return parts | dict(loose)


def _spread(
    parameters: Sequence[Parameter],
    objects: Mapping[str, _Object],
    names: Mapping[str, bool],
    *,
    writer: bool,
) -> list[Parameter]:
    """Return the parameters of a side; an object with `names` of the other side in its parts."""
    found: list[Parameter] = []
    for parameter in parameters:
        one = objects.get(parameter.name) if parameter.place == "query" else None
        if one is None or one.parts.keys() & _elsewhere(parameters, objects, parameter.name):
            found.append(parameter)
        else:
            found += one.split(names, writer=writer) or [parameter]
    return found
