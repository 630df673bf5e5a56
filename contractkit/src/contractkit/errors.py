"""Why contractkit refuses a contract; each error says where it stands and what mends it."""

from contractkit.location import Location


class ContractKitError(Exception):
    """Something that the user of contractkit must change.

    ContractKitError
    ├── SpecError         a document can't be read or contradicts itself
    ├── UnsupportedError  a document is right, but contractkit has no code for it
    └── UsageError        the command line or `[tool.contractkit]` is wrong
    """


class SpecError(ContractKitError):
    """A document can't be read or contradicts itself; told as `file:line:column: what. Mend`."""

    def __init__(self, location: Location, problem: str, mend: str) -> None:
        self.location = location
        self.problem = problem
        self.mend = mend
        super().__init__(f"{location}: {problem} {mend}")


MOST_LEVELS = 100
"""How deep objects and lists may be nested in a file; whoever walks them may recurse."""


def too_deep(location: Location) -> SpecError:
    """Return the error for a value that is nested deeper than `MOST_LEVELS`."""
    return SpecError(
        location,
        f"Objects and lists are nested more than {MOST_LEVELS} levels deep.",
        "Put inner schemas into definitions and refer to them.",
    )


class UnsupportedError(SpecError):
    """A construct that is legal but not generated; nothing is written when one is met."""


MALFORMED = (TypeError, AttributeError, KeyError, ValueError, IndexError)
"""What reading a value of an unexpected kind raises."""


def malformed(location: Location, error: Exception) -> SpecError:
    """Return the error for a part of which a value is of a kind that no specification allows."""
    return SpecError(
        location,
        f"A value in this part is of a kind that does not belong there ({type(error).__name__}: "
        f"{error}).",
        "Compare it with the specification; `contractkit lint` tells most such places.",
    )


class UsageError(ContractKitError):
    """The command line or the configuration is wrong."""
