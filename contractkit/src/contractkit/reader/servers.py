"""The URLs of OpenAPI's Server Objects, variables substituted."""

import itertools
from collections.abc import Iterator

from contractkit.paths import parameters
from contractkit.reader.fields import Fields

MOST = 64
"""How many URLs one server may expand to; with more, it stays a template."""


def read_servers(fields: Fields) -> tuple[str, ...]:
    """Return the URLs of an object's `servers`, each once.

    A variable with an enumeration is expanded to each of its values; without one it may have any
    value, so that the template is returned beside the URL with the default.
    """
    found = (url for _, server in fields.objects("servers") for url in _urls(server))
    return tuple(dict.fromkeys(found))


def _urls(server: Fields) -> Iterator[str]:
    url = server.text("url")
    variables = dict(server.objects("variables"))
    values: list[list[str]] = []
    for name in parameters(url):
        variable = variables.get(name)
        listed = list(variable.texts("enum")) if variable is not None else []
        default = variable.optional_text("default") if variable is not None else None
        values.append(listed or [f"{{{name}}}", *([] if default is None else [default])])
    ways = list(itertools.islice(itertools.product(*values), MOST + 1))
    if len(ways) > MOST:
        yield url
        return
    for way in ways:
        text = url
        for name, value in zip(parameters(url), way, strict=True):
            text = text.replace(f"{{{name}}}", value)
        yield text
