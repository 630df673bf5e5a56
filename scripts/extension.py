"""Compile the gateway's optional C part beside its source, or say what its absence costs."""

import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "gateway" / "outgoing" / "_speedups.c"
SUFFIX = ".abi3.so"  # the limited API's: one file for every Python from 3.11


def compile_extension(target: Path) -> None:
    """Compile into a file.

    Raises:
        RuntimeError: it can't be done here, with the reason.
    """
    # As this Python's own extensions are linked: "gcc -shared", or what macOS wants instead.
    linker = os.environ.get("LDSHARED") or sysconfig.get_config_var("LDSHARED")
    if not linker:
        raise RuntimeError("this Python does not say how extensions are compiled")
    unfinished = target.with_suffix(f".{os.getpid()}")
    command = [
        *shlex.split(linker),
        *shlex.split(sysconfig.get_config_var("CCSHARED") or ""),
        "-O2",
        f"-I{sysconfig.get_path('include')}",
        str(SOURCE),
        "-o",
        str(unfinished),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this Python's own compiler
        if done.returncode:
            raise RuntimeError(done.stderr.strip().partition("\n")[0])
        # At once, as a running gateway may have the former one mapped.
        unfinished.replace(target)
    except OSError as error:
        raise RuntimeError(str(error)) from None
    finally:
        unfinished.unlink(missing_ok=True)


def main() -> None:
    """Compile in place."""
    try:
        compile_extension(SOURCE.with_suffix(SUFFIX))
    except RuntimeError as error:
        sys.stderr.write(
            f"The gateway's C part was not compiled: {error}\n"
            "All works without it, at up to a quarter more processor time per event. Once a C\n"
            "compiler and Python's headers are there (Debian: gcc libc6-dev python3-dev),\n"
            "scripts/extension.py compiles it.\n"
        )


if __name__ == "__main__":
    main()
