"""Run the Dockerfile's steps in a plain folder, where no container engine is, and what it starts.

`python scripts/try_image.py` takes a minute. What needs a machine of its own (apt-get, useradd) is
named and left out.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = "/opt/slipway"
LEFT_OUT = ("apt-get", "useradd")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a Dockerfile with its arguments."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name.upper(), rest.strip()


def copy(sources: list[str], target: Path) -> None:
    """Copy files and folders of the checkout as COPY does."""
    for source in sources:
        origin = ROOT / source
        if origin.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(origin, target, dirs_exist_ok=True, ignore=ignored)
        else:
            to = target / origin.name if target.is_dir() or str(target).endswith("/.") else target
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin, to)


def build(folder: Path) -> dict[str, str]:
    """Do what the Dockerfile says within a folder; return the environment that it sets."""
    environment: dict[str, str] = {}
    for name, rest in instructions((ROOT / "Dockerfile").read_text()):
        if name == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            copy(sources, folder if target == "./" else folder / target)
        elif name == "ENV":
            environment |= dict(re.findall(r"(\w+)=(\S+)", rest))
        elif name == "RUN":
            if rest.startswith(LEFT_OUT):
                tell(f"left out: {rest}")
                continue
            tell(f"RUN {rest}")
            plain = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
            subprocess.run(rest, shell=True, cwd=folder, env=plain, check=True)  # noqa: S602 - as docker build does
    return environment


def main() -> int:
    """Build in a temporary folder, then start what the image starts."""
    with tempfile.TemporaryDirectory(prefix="slipway-image-") as name:
        folder = Path(name)
        environment = {
            key: value.replace(HOME, name).replace("$PATH", os.environ["PATH"])
            for key, value in build(folder).items()
        }
        environment["SLIPWAY_HOME"] = f"{name}/home"
        for command in ("slipway --help", "slipway migrate", "slipway settings"):
            tell(f"image: {command}")
            done = run(command, folder, environment)
            if done.returncode:
                tell(done.stdout + done.stderr)
                return 1
        done = run("slipway probe", folder, environment)
        tell(f"image: slipway probe, where nothing runs: {done.returncode}, {done.stdout.strip()}")
        return 0 if done.returncode == 1 else 1


def run(
    command: str, folder: Path, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run one of the image's commands to its end."""
    return subprocess.run(  # noqa: S603 - our own commands
        shlex.split(command),
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def tell(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
