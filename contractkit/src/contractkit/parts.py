"""The parts of what is generated, by the names that `--only` takes."""

from typing import Final

PARTS: Final = ("models", "http", "messaging", "typescript", "documents")
"""Models are part of `http` and `messaging`."""
