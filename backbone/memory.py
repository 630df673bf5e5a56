"""Keeps the garbage collector away from what lives as long as the process."""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50
"""Collect after so many new objects; the interpreter's own 700 make a request pay for several."""


def freeze_gc() -> None:
    """Call once when everything is imported and built: it is not looked at again.

    Reference cycles that come up later are still found, in larger portions.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
