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


class UnsupportedError(SpecError):
    """A construct that is legal but not generated; nothing is written when one is met."""


class UsageError(ContractKitError):
    """The command line or the configuration is wrong."""
