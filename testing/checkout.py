"""Where the code under test stands."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The root of this checkout."""
