"""Node.js for tests: the TypeScript compiler, bundlers and React, installed from a lock file."""

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from testing.missing import ServiceMissing

FOLDER = Path(__file__).resolve().parent / "node_packages"
WEB = Path(__file__).resolve().parents[1] / "web"
INSTALL_SECONDS = 100.0
"""Less than a test may take, so that a registry that does not answer is a reason to skip."""
_IMPATIENT = {
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_timeout": "30000",
}


def program(name: str) -> str:
    """Return the path of `node` or `npm`. Raises ServiceMissing."""
    found = shutil.which(name)
    if found is None:
        raise ServiceMissing(f"{name} is not installed")
    return found


def packages(folder: Path, *, seconds: float = INSTALL_SECONDS) -> Path:
    """Return the `node_modules` of a folder with a lock file, installed if need be within `seconds`.

    Raises ServiceMissing.
    """
    return _found(_packages(folder, seconds))


@functools.cache
def _packages(folder: Path, seconds: float) -> "Path | ServiceMissing":
    modules, locked = folder / "node_modules", folder / "package-lock.json"
    stamp = modules / ".package-lock.json"
    # Of several test processes one installs; npm in one folder twice removes what it just made.
    with locked.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.stat().st_mtime < locked.stat().st_mtime:
            # Scripts of packages are not needed; one of them reports each installation.
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            if (missing := _missing_after(command, folder, seconds)) is not None:
                return missing
    return modules


def console_packages() -> Path:
    """Return the console's packages, installed as `make web` installs them. Raises ServiceMissing."""
    return _found(_console_packages())


@functools.cache
def _console_packages() -> "Path | ServiceMissing":
    # Test processes that run beside each other install it once.
    with (WEB / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["make", "-s", "web/node_modules/.installed"]
        return _missing_after(command, WEB.parent, INSTALL_SECONDS) or WEB / "node_modules"


def _missing_after(command: list[str], folder: Path, seconds: float) -> ServiceMissing | None:
    """Run what installs packages; return why there are none, as where no registry answers."""
    program("npm")
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | _IMPATIENT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ServiceMissing(f"npm took more than {seconds} s in {folder.name}")
    if done.returncode == 0:
        return None
    why = " ".join(done.stderr.split())[:200]
    return ServiceMissing(f"npm ci failed in {folder.name}: {why}")


def _found(modules: "Path | ServiceMissing") -> Path:
    if isinstance(modules, ServiceMissing):
        raise modules
    return modules


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
