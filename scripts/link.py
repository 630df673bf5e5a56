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
ROOT = Path(__file__).resolve().parent.parent
CONTRACTKIT = ROOT / "contractkit"


def main() -> None:
    """Write the path file, contractkit's metadata and the two commands."""
    packages = Path(sysconfig.get_path("purelib"))
    (packages / "slipway-checkout.pth").write_text(f"{CONTRACTKIT / 'src'}\n{ROOT}\n")
    project = tomllib.loads((CONTRACTKIT / "pyproject.toml").read_text())["project"]
    for former in packages.glob("contractkit-*.dist-info"):
        (former / "METADATA").unlink(missing_ok=True)
        former.rmdir()
    metadata = packages / f"contractkit-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: contractkit\nVersion: {project['version']}\n"
    )
    for name, target in {"slipway": "slipway.cli:main", **project["scripts"]}.items():
        module, _, function = target.partition(":")
        command = Path(sysconfig.get_path("scripts")) / name
        command.write_text(COMMAND.format(python=sys.executable, module=module, function=function))
        command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
