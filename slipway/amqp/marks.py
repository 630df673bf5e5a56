"""Delivery marks: up to which position each durable queue may have been seen by a consumer.

They are eight bytes per queue in a mapped file, so that a delivery costs no transaction and a
killed process still leaves the mark of its last delivery. Deliveries go in order of position,
therefore one number per queue tells exactly what was delivered.
"""

import mmap
import os
import struct
from pathlib import Path

_MARK = struct.Struct("<Q")
_PAGE = 4096


class DeliveryMarks:
    """The marks of all journal slots; slot n lies at byte 8 n. Unset marks are 0."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Map the file, creating it if there is none; raises OSError."""
        self._path = Path(path)
        self._path.touch()
        self._map = self._mapped(max(_PAGE, self._path.stat().st_size))

    def get(self, slot: int) -> int:
        """Return the last position delivered."""
        at = slot * _MARK.size
        return int(_MARK.unpack_from(self._map, at)[0]) if at < len(self._map) else 0

    def set(self, slot: int, position: int) -> None:
        """Move a mark (also back, when a slot is given to another queue)."""
        at = slot * _MARK.size
        if at >= len(self._map):
            self._map.close()
            self._map = self._mapped((at // _PAGE + 1) * _PAGE)
        _MARK.pack_into(self._map, at, position)

    def close(self) -> None:
        """Write the marks to disk and unmap the file."""
        self._map.flush()
        self._map.close()

    def _mapped(self, size: int) -> mmap.mmap:
        size += -size % _PAGE
        with self._path.open("r+b") as file:
            file.truncate(size)
            return mmap.mmap(file.fileno(), size)
