"""The parts of the generated code, by the names that `--only` takes."""

from typing import Final

PARTS: Final = ("models", "http", "messaging", "typescript", "documents")
"""The names of the parts; models are in `http` and `messaging`."""
