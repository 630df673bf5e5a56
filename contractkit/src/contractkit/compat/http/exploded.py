"""Objects that a query carries exploded: their properties travel, the parameter's name does not.

`?page=1&size=2` is an object `paging` with both properties as well as two parameters.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from contractkit.compat.http.representations import READ
from contractkit.compat.schema.sample import shape_of
from contractkit.compat.schema.shape import Shape
from contractkit.documents import Documents
from contractkit.model.http import Parameter
from contractkit.model.schema import Schema, of

Both = tuple[Sequence[Parameter], Sequence[Parameter]]


def by_property(revisions: tuple[Documents, Documents], both: Both, *, outgoing: bool) -> Both:
    """Return the parameters of OLD and NEW so that what travels alike is called alike.

    An object becomes a parameter for each property where the other side has parameters of these
    names. Two objects of different names are one, if each side has no other such object.
    """
    objects = _lone(revisions, both)
    spread = (
        _spread(both[0], objects[0], _names(both[1], objects[1]), writer=not outgoing),
        _spread(both[1], objects[1], _names(both[0], objects[0]), writer=outgoing),
    )
    left = [
        [one for one in objects[side].values() if one.parameter in spread[side]] for side in (0, 1)
    ]
    if len(left[0]) != 1 or len(left[1]) != 1:
        return spread
    was, now = left[0][0].parameter, left[1][0].parameter
    if was.name in {one.name for one in spread[1] if one.place == "query"}:
        return spread
    return spread[0], [replace(one, name=was.name) if one is now else one for one in spread[1]]


class _Object:
    """A parameter whose value is an object that the query carries exploded."""

    def __init__(self, parameter: Parameter, shape: Shape) -> None:
        self.parameter, self.shape = parameter, shape

    @property
    def names(self) -> AbstractSet[str]:
        return self.shape.properties.keys()

    @property
    def told(self) -> bool:
        """Whether its properties say all of it; a map, or a count of them, says more."""
        free = self.shape.value("additionalProperties", True) in (True, False, {})
        return free and self.shape.keywords.keys() <= READ - {"minProperties", "maxProperties"}

    def certain(self, others: dict[str, bool]) -> bool:
        """Return whether what demands the object is a property, or a writer always sends one."""
        return not self.parameter.required or bool(self.shape.required) or any(others.values())

    def parameters(self, *, writer: bool, others: AbstractSet[str]) -> list[Parameter]:
        """Return a parameter for each property.

        A reader needs a required one only beside another one, unless the object itself is required.
        """
        required = set(self.shape.required)
        if not self.parameter.required:
            required = set() if writer else {name for name in required if others - {name}}
        return [
            replace(
                self.parameter,
                name=name,
                required=name in required,
                schema=Schema(part.value, part.location),
            )
            for name, part in self.shape.properties.items()
        ]


def _lone(
    revisions: tuple[Documents, Documents], both: Both
) -> tuple[dict[str, _Object], dict[str, _Object]]:
    """Return the exploded objects of either side that the other one does not have by that name."""
    old, new = (
        {
            parameter.name: found
            for parameter in parameters
            if (found := _object(documents, parameter)) is not None
        }
        for documents, parameters in zip(revisions, both, strict=True)
    )
    return (
        {name: one for name, one in old.items() if name not in new},
        {name: one for name, one in new.items() if name not in old},
    )


def _object(documents: Documents, parameter: Parameter) -> _Object | None:
    exploded = parameter.place == "query" and parameter.style == "form" and parameter.explode
    if not exploded or parameter.schema is None:
        return None
    shape = shape_of(of(documents, parameter.schema))
    named = shape.value("type", "object") == "object" and bool(shape.properties)
    return _Object(parameter, shape) if named else None


def _names(parameters: Sequence[Parameter], objects: dict[str, _Object]) -> dict[str, bool]:
    """Return the names in the query of one side, but for lone objects, and which are required."""
    queries = (one for one in parameters if one.place == "query" and one.name not in objects)
    return {one.name: one.required for one in queries}


def _spread(
    parameters: Sequence[Parameter],
    objects: dict[str, _Object],
    names: dict[str, bool],
    *,
    writer: bool,
) -> list[Parameter]:
    """Return the parameters of a side; an object with `names` of the other side as properties."""
    found: list[Parameter] = []
    own = _names(parameters, {})
    for parameter in parameters:
        one = objects.get(parameter.name) if parameter.place == "query" else None
        if one is None or not one.told or (own.keys() - {parameter.name}) & one.names:
            found.append(parameter)
            continue
        shared = {name: required for name, required in names.items() if name in one.names}
        travels = bool(shared) and (writer or one.certain(shared))
        parts = one.parameters(writer=writer, others=shared.keys())
        found += parts if travels else [parameter]
    return found
