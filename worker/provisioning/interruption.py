"""Why a flow stops before its end, other than by an error of the provider."""

from __future__ import annotations


class Interruption(Exception):  # noqa: N818 - most of them are no errors
    """The flow stops.

    Interruption
    ├── FencedOff        another attempt owns the job, or it has ended: write nothing more
    ├── CancelRequested  somebody asked for an early end
    ├── HeldTooLong      hand the job over to another delivery
    ├── TryAgain         a later attempt may help
    └── GiveUp           no further attempt will help
    """


class FencedOff(Interruption):
    """Another attempt owns the job, or it has ended."""


class CancelRequested(Interruption):
    """Somebody asked for an early end."""


class HeldTooLong(Interruption):
    """The broker's acknowledgement time-out is near, or the end of the process."""


class _Reason(Interruption):
    """`code` is for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class TryAgain(_Reason):
    """A later attempt may help."""


class GiveUp(_Reason):
    """No further attempt will help."""
