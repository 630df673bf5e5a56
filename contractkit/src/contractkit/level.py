"""How bad a result is, in the three levels of SARIF (2.1.0, 3.27.10) that lint and diff share."""

from enum import StrEnum


class Level(StrEnum):
    """Errors break tools or readers, warnings make a contract harder to use, notes inform."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
