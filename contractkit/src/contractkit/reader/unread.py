"""Parts of a document that can't be read: raised, or collected when the rest is still wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from contractkit.errors import MALFORMED, SpecError, malformed
from contractkit.location import Location
from contractkit.reader.fields import Fields


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """The name of a part, and the error by which it can't be read; `coded` ones would have code."""

    subject: str
    error: SpecError
    coded: bool = True


class Unread:
    """Raises the error of a part that can't be read, or appends it to a list."""

    def __init__(self, found: list[UnreadPart] | None, file: str) -> None:
        self._found = found
        self._place = Location(file, 1, 1, "")

    @contextmanager
    def part(self, subject: str, *, coded: bool = True) -> Iterator[None]:
        """Run a block that reads a part; raise or append its error."""
        try:
            yield
        except SpecError as error:
            self._note(UnreadPart(subject, error, coded))
        except MALFORMED as error:
            self._note(UnreadPart(subject, malformed(self._place, error), coded))

    def _note(self, part: UnreadPart) -> None:
        if self._found is None:
            raise part.error
        self._found.append(part)

    def info(self, root: Fields) -> Fields:
        """Return `info`; without one, the title is the file's name and the version 0."""
        info = root.object("info")
        if info is not None:
            return info
        with self.part("`info`", coded=False):
            raise root.error("info", "`info` is missing.", "Add `info` with title and version.")
        stem = root.location.file.rpartition("/")[2].partition(".")[0]
        node = replace(root.node, value={"title": stem, "version": "0"})
        return Fields(root.documents, node)
