"""Where something is used: the operation, its carrier, and the role of the contract's owner."""

from dataclasses import dataclass

from contractkit.compat.rule import Role

CARRIERS = ("request", "parameter", "response", "header", "job", "event", "reply", "frame")
"""What can carry a payload, in the order of reports."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use. `channel` is the AsyncAPI channel's key; HTTP operations have none."""

    operation: str
    carrier: str = ""
    role: Role | None = None
    channel: str | None = None
