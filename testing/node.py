"""Node.js for tests: the TypeScript compiler, bundlers and React, installed from a lock file."""

import fcntl
import functools
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from testing.missing import ServiceMissing

FOLDER = Path(__file__).resolve().parent / "node_packages"
WEB = Path(__file__).resolve().parents[1] / "web"


def program(name: str) -> str:
    """Return the path of `node` or `npm`. Raises ServiceMissing."""
    found = shutil.which(name)
    if found is None:
        raise ServiceMissing(f"{name} is not installed")
    return found


@functools.cache
def packages(folder: Path) -> Path:
    """Return the `node_modules` of a folder with a lock file, installed if need be. Raises ServiceMissing."""
    modules, locked = folder / "node_modules", folder / "package-lock.json"
    stamp = modules / ".package-lock.json"
    # Of several test processes one installs; npm in one folder twice removes what it just made.
    with locked.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.stat().st_mtime < locked.stat().st_mtime:
            _install(folder)
    return modules


def _install(folder: Path) -> None:
    npm = program("npm")
    done = subprocess.run(
        # Scripts of packages are not needed; one of them reports each installation.
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceMissing(f"npm ci failed in {folder.name}: {done.stderr.strip()[-300:]}")


def console_packages() -> Path:
    """Return the console's packages, installed as `make web` installs them. Raises ServiceMissing."""
    program("npm")
    # Test processes that run beside each other install it once.
    with (WEB / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["make", "-s", "web/node_modules/.installed"]
        subprocess.run(command, cwd=WEB.parent, check=True, timeout=600)
    return WEB / "node_modules"


def compile_typescript(package: Path, output: Path) -> None:
    """Compile a package strictly into a folder of ES modules. Raises CalledProcessError."""
    modules = packages(FOLDER)
    with TemporaryDirectory() as folder:
        # Beside the compiler's packages, so that React's types are found.
        copy = Path(folder) / "package"
        shutil.copytree(package, copy)
        (copy / "node_modules").symlink_to(modules)
        subprocess.run([modules / ".bin" / "tsc", "-p", copy, "--outDir", output], check=True)
    (output / "package.json").write_text('{"type": "module"}')
