"""What can go wrong, and whose fault it is.

Exception
├── CaseFailed: the server broke a clause, or a claim of its own
├── CaseSkipped: the case says nothing about this server; the text names why
└── TargetError: the target file, or the server's start, is at fault
"""


class CaseFailed(AssertionError):  # noqa: N818 - an outcome, as AssertionError is
    """The server does not do what the case asks; the text says what came instead."""


class CaseSkipped(Exception):  # noqa: N818 - it is no error
    """The case cannot be put to this server here; the text says why."""


class TargetError(Exception):
    """The target is described wrongly, does not start, or does not publish."""
