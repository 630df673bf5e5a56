"""Parts of a contract without generated code: left out and named, or refused when strict."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contractkit.errors import MALFORMED, SpecError, malformed
from contractkit.location import Location


@dataclass(frozen=True, slots=True)
class Omission:
    """One part that is left out: what it is called and why it has no code."""

    subject: str
    error: SpecError

    def __str__(self) -> str:
        return f"{self.subject}: {self.error}"


class Omissions:
    """Collects what is left out; `strict` lets the first reason be raised instead."""

    def __init__(self, *, strict: bool = False, file: str = "document") -> None:
        self._strict = strict
        self._place = Location(file, 1, 1, "")
        self._found: dict[tuple[str, str], Omission] = {}

    @contextmanager
    def leave_out(self, subject: str) -> Iterator[None]:
        """Run a block; a SpecError in it leaves `subject` out. Raises it when strict.

        So does a value of a kind that does not belong there, whatever reads it.
        """
        try:
            yield
        except SpecError as error:
            self._leave_out(subject, error)
        except MALFORMED as error:
            self._leave_out(subject, malformed(self._place, error))

    def _leave_out(self, subject: str, error: SpecError) -> None:
        if self._strict:
            raise error
        self._found.setdefault((subject, str(error)), Omission(subject, error))

    def add(self, subject: str, error: SpecError) -> None:
        """Leave `subject` out. Raises the error when strict."""
        with self.leave_out(subject):
            raise error

    def __iter__(self) -> Iterator[Omission]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)
