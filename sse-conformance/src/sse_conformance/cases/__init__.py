"""All cases, in the order in which they run."""

from sse_conformance.case import Case
from sse_conformance.cases import (
    access,
    cors,
    delivery,
    ending,
    framing,
    headers,
    ids,
    liveness,
    lost_positions,
    methods,
    properties,
    proxies,
    resume,
    slow_readers,
)

GROUPS = (
    framing,
    headers,
    methods,
    delivery,
    ids,
    resume,
    lost_positions,
    cors,
    access,
    liveness,
    slow_readers,
    proxies,
    properties,
    ending,
)
CASES: tuple[Case, ...] = tuple(
    value for group in GROUPS for value in vars(group).values() if isinstance(value, Case)
)
