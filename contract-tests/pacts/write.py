"""Writes the pact files anew: python contract-tests/pacts/write.py, from the root of the repository."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from pacts.expectations import CONSUMERS  # noqa: E402 - the path comes first

if __name__ == "__main__":
    for write in CONSUMERS.values():
        write(HERE)
