"""Build contractkit when somebody builds the root of this repository (PEP 517).

pre-commit installs the root of a hook's repository, and only contractkit is meant to be installed.
All is hatchling's; this only steps into the project's folder first.
"""

import os
from pathlib import Path

os.chdir(Path(__file__).resolve().parent.parent / "contractkit")

from hatchling.build import (  # noqa: E402 - hatchling reads the folder that it is imported in
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]
