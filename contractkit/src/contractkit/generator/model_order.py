"""Lets the model generator order the classes of a long chain of `allOf` in linear steps.

Its C3 merge (datamodel_code_generator._mro, private) costs the square of a chain's length for each
class, which took two minutes for 400. The result for one parent is known: the parent's own order.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_USERS: Final = ("datamodel_code_generator._mro", "datamodel_code_generator.model.base")


@contextmanager
def linear_chains() -> Iterator[None]:
    """Run a block in which merging the order of a single parent costs nothing.

    A release of the model generator that has no such function keeps its own pace.
    """
    modules = [importlib.import_module(name) for name in _USERS]
    merge = getattr(modules[0], "c3_merge", None)
    if merge is None:
        yield
        return

    def merged(sequences: list[list[Any]], *rest: Any, **options: Any) -> Any:
        if len(sequences) == 2 and len(sequences[1]) == 1 and sequences[0][:1] == sequences[1]:  # noqa: PLR2004 (a parent's order and the parent)
            order = sequences[0].copy()
            for sequence in sequences:
                sequence.clear()
            return order
        return merge(sequences, *rest, **options)

    users = [module for module in modules if getattr(module, "c3_merge", None) is merge]
    for module in users:
        vars(module)["c3_merge"] = merged
    try:
        yield
    finally:
        for module in users:
            vars(module)["c3_merge"] = merge
