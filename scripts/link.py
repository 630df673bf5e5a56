"""Put this checkout and its commands into this Python's environment, without a build."""

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
PROJECTS = ("contractkit", "sse-conformance")
"""Projects of their own: pyproject.toml, and the package in src/. Images lack the second."""


def main() -> None:
    """Write the path file, the projects' metadata and the commands."""
    packages = Path(sysconfig.get_path("purelib"))
    projects = [ROOT / name for name in PROJECTS if (ROOT / name).is_dir()]
    paths = [*(project / "src" for project in projects), ROOT]
    (packages / "slipway-checkout.pth").write_text("".join(f"{path}\n" for path in paths))
    commands = {"slipway": "slipway.cli:main"}
    for folder in projects:
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        write_metadata(packages, project["name"], project["version"])
        commands |= project["scripts"]
    for name, target in commands.items():
        module, _, function = target.partition(":")
        command = Path(sysconfig.get_path("scripts")) / name
        command.write_text(COMMAND.format(python=sys.executable, module=module, function=function))
        command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def write_metadata(packages: Path, name: str, version: str) -> None:
    """Let a project be found as installed, in this version and no other."""
    distribution = name.replace("-", "_")
    for former in packages.glob(f"{distribution}-*.dist-info"):
        (former / "METADATA").unlink(missing_ok=True)
        former.rmdir()
    metadata = packages / f"{distribution}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


if __name__ == "__main__":
    main()
