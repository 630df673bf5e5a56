"""What a team's status allows; the one place that says it."""

from typing import Final

ACTIVE_STATUSES: Final = frozenset({"TRIALING", "ACTIVE"})
"""The statuses of teams that may order and listen."""
