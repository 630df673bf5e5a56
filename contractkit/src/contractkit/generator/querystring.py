"""Parameters that are a whole query (`querystring` of OpenAPI 3.2), as objects in the query."""

from dataclasses import replace

from contractkit.model.http import HttpOperation, Parameter
from contractkit.model.media_kinds import URLENCODED


def with_querystring(operation: HttpOperation) -> HttpOperation:
    """Return an operation whose query in the form of HTML is an object with a member per name.

    Others keep their place, which no code reads.
    """
    parameters = tuple(map(_as_object, operation.parameters))
    return replace(operation, parameters=parameters)


def _as_object(parameter: Parameter) -> Parameter:
    names = [media.name for media in parameter.content]
    if parameter.place != "querystring" or names != [URLENCODED]:
        return parameter
    schema = parameter.content[0].schema
    return replace(parameter, place="query", style="form", explode=True, content=(), schema=schema)
