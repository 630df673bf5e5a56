"""The errors by which contractkit refuses a contract; each says where and how to mend it."""

from contractkit.location import Location


class ContractKitError(Exception):
    """Something that the user of contractkit must change.

    ContractKitError
    ├── SpecError         a document can't be read or contradicts itself
    ├── UnsupportedError  a document is right, but contractkit has no code for it
    ├── UsageError        the command line or `[tool.contractkit]` is wrong
    └── DefectError       contractkit itself is wrong
    """


class SpecError(ContractKitError):
    """A document can't be read or is contradictory; its text is `file:line:column: what. mend`."""

    def __init__(self, location: Location, problem: str, mend: str) -> None:
        self.location = location
        self.problem = problem
        self.mend = mend
        super().__init__(f"{location}: {problem} {mend}")


MOST_LEVELS = 100
"""How deep objects and lists may be nested in a file, so that recursive code does not overflow."""


def too_deep(location: Location) -> SpecError:
    """Return the error for a value that is nested deeper than `MOST_LEVELS`."""
    return SpecError(
        location,
        f"Objects and lists are nested more than {MOST_LEVELS} levels deep.",
        "Put inner schemas into definitions and refer to them.",
    )


MOST_DIGITS = 3_000
"""How long a number may be written; Python neither reads nor writes ones of above 4300 digits."""


def too_long(location: Location) -> SpecError:
    """Return the error for a number that is written with more than `MOST_DIGITS` characters."""
    return SpecError(
        location,
        f"A number has more than {MOST_DIGITS} digits.",
        "Write a shorter one, or a text in quotes.",
    )


class UnsupportedError(SpecError):
    """A valid construct for which contractkit has no generated code."""


MALFORMED = (TypeError, AttributeError, KeyError, ValueError, IndexError, OverflowError)
"""The exceptions of reading a value of an unexpected type."""


def malformed(location: Location, error: Exception) -> SpecError:
    """Return the error for a part with a value of a type that no specification allows."""
    return SpecError(
        location,
        f"A value in this part is of a kind that does not belong there ({type(error).__name__}: "
        f"{error}).",
        "Compare it with the specification; `contractkit lint` reports most such places.",
    )


class DefectError(ContractKitError):
    """contractkit has made something that it does not understand itself."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem} This is a defect of contractkit; please report it.")


class UsageError(ContractKitError):
    """The command line or the configuration is wrong."""
