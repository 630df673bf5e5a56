"""Keeps the garbage collector away from what lives as long as the process."""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50
"""Collect after so many new objects; the interpreter's own 700 make a request pay for several."""


def collect_rarely() -> None:
    """Call before a process imports what it is made of, which leaves nothing to collect.

    Reference cycles are still found, in larger portions.
    """
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def freeze_gc() -> None:
    """Call once when everything is imported and built: it is not looked at again."""
    gc.collect()
    gc.freeze()
    collect_rarely()
