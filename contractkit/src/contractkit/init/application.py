"""Exports the document of a FastAPI or FastStream application."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contractkit.errors import UsageError


def fastapi_document(name: str, folder: Path) -> dict[str, Any]:
    """Return the OpenAPI document of `module:application`. Raises UsageError."""
    document = _call(_load(name, folder), "openapi", f"{name} is not a FastAPI application")
    return _checked(document, "openapi", name)


def faststream_document(name: str, folder: Path) -> dict[str, Any]:
    """Return the AsyncAPI document of `module:application`, a FastStream app or its `schema`."""
    found = _load(name, folder)
    schema = getattr(found, "schema", found)
    wrong = f"{name} is not a FastStream application"
    document = _call(_call(schema, "to_specification", wrong), "to_jsonable", wrong)
    return _checked(document, "asyncapi", name)


def _load(name: str, folder: Path) -> Any:
    """Import `module:attribute`, with `folder` first on the import path."""
    module, separator, attribute = name.partition(":")
    if not separator or not module or not attribute:
        raise UsageError(f"{name!r} names no application. Write MODULE:NAME, as main:app.")
    sys.path.insert(0, str(folder))
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        raise UsageError(f"{module} has no {attribute}: {error}. Write MODULE:NAME.") from error
    except Exception as error:
        raise UsageError(
            f"{module} can't be imported ({type(error).__name__}: {error}). Run "
            "`python -m contractkit init` with the application's Python, in its folder."
        ) from error
    finally:
        sys.path.remove(str(folder))
    return found


def _call(value: Any, method: str, wrong: str) -> Any:
    call = getattr(value, method, None)
    if not callable(call):
        raise UsageError(f"{wrong}: it has no method {method}().")
    return call()


def _checked(document: Any, kind: str, name: str) -> dict[str, Any]:
    if not isinstance(document, Mapping) or kind not in document:
        raise UsageError(f"{name} gives no {kind} document. Name the application itself.")
    return dict(document)
