"""Chooses the conversion of a file by the version that its root names."""

from contractkit.conversion.asyncapi_2 import is_asyncapi_2, upgrade_asyncapi_2
from contractkit.conversion.openapi_30 import Loader, is_openapi_30, upgrade_openapi_30
from contractkit.source import Source


def convert(source: Source, load: Loader) -> None:
    """Bring a file that was just parsed, and what it refers to, to a version that is read."""
    if is_openapi_30(source.value):
        upgrade_openapi_30(source, load)
    elif is_asyncapi_2(source.value):
        upgrade_asyncapi_2(source, load)
