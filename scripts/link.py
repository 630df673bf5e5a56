"""Put this checkout and its two commands into this Python's environment, without a build."""

import stat
import sys
import sysconfig
import tomllib
from pathlib import Path

COMMAND = """#!{python}
import sys

from {module} import {function}

sys.exit({function}())
"""


def main() -> None:
    """Write the path file and the commands that pyproject.toml names."""
    root = Path(__file__).resolve().parent.parent
    (Path(sysconfig.get_path("purelib")) / "slipway-checkout.pth").write_text(f"{root}\n")
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    for name, target in project["scripts"].items():
        module, _, function = target.partition(":")
        command = Path(sysconfig.get_path("scripts")) / name
        command.write_text(COMMAND.format(python=sys.executable, module=module, function=function))
        command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
