"""The errors of a run, and whose fault they are.

Exception
├── CaseFailed: the server broke a clause, or a claim of its own
├── CaseSkipped: the case does not apply to this server; the text says why
└── TargetError: the target file, or the server's start, is at fault
"""


class CaseFailed(AssertionError):  # noqa: N818 - an outcome, as AssertionError is
    """The server does not do what the case requires; the text says what came instead."""


class CaseSkipped(Exception):  # noqa: N818 - it is no error
    """The case cannot be run on this server here; the text says why."""


class TargetError(Exception):
    """The target is described wrongly, does not start, or does not publish."""
