"""Chooses the conversion of a file by the version in its root, and imports no other."""

from typing import Any

from contractkit.source import Loader, Source


def convert(source: Source, load: Loader) -> str:
    """Convert a parsed file, and what it refers to, to a version that contractkit reads.

    Return the version of OpenAPI that it was written in.
    """
    written = _version(source.value, "openapi")
    if written.startswith("3.0"):
        from contractkit.conversion.openapi_30 import upgrade_openapi_30  # noqa: PLC0415

        upgrade_openapi_30(source, load)
    elif _version(source.value, "asyncapi").startswith("2."):
        from contractkit.conversion.asyncapi_2 import upgrade_asyncapi_2  # noqa: PLC0415

        upgrade_asyncapi_2(source, load)
    if any(pointer.endswith("/schemaFormat") for pointer in source.positions):
        from contractkit.conversion.openapi_30 import upgrade_formats  # noqa: PLC0415

        upgrade_formats(source, load)
    return written


def _version(root: Any, key: str) -> str:
    """Return the version in a root, also when it is written as a number without quotes."""
    return str(root.get(key, "")) if isinstance(root, dict) else ""
