"""Run the fast tests on the newest versions that the declared ranges allow.

The environment is one of its own. What it finds early: a library's release that our caps let in
and that breaks us, above all where a private part of a library is used.
"""

import argparse
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "newest"
FAST = (
    ("tests", "--ignore=tests/integration", "--ignore=tests/examples"),
    ("contractkit/tests",),
    ("sse-conformance/tests",),
)


def requirements() -> list[str]:
    """Return what pyproject.toml declares for development, groups resolved (PEP 735)."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    contractkit = tomllib.loads((ROOT / "contractkit/pyproject.toml").read_text())["project"]

    def resolved(group: str) -> list[str]:
        found = []
        for item in groups[group]:
            found += [item] if isinstance(item, str) else resolved(item["include-group"])
        return found

    return [*resolved("dev"), *contractkit["dependencies"]]


def main() -> int:
    """Make the environment anew, say what differs from the lock file, run the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pytest", nargs="*", help="passed on to pytest, such as -k relay")
    arguments = parser.parse_args()
    venv.create(FOLDER, clear=True, with_pip=True)
    python = str(FOLDER / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", *requirements()], check=True)  # noqa: S603
    subprocess.run([python, str(ROOT / "scripts/link.py")], check=True)  # noqa: S603
    locked = _versions((ROOT / "requirements-dev.lock").read_text())
    frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    for name, version in sorted(_versions(frozen).items()):
        if name in locked and locked[name] != version:
            sys.stdout.write(f"{name}: {version} instead of {locked[name]}\n")
    status = 0
    for selection in FAST:
        command = [python, "-m", "pytest", *selection, "-q", *arguments.pytest]
        done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
        # 5: nothing of this selection was asked for.
        status = status or (0 if arguments.pytest and done.returncode == 5 else done.returncode)  # noqa: PLR2004
    return status


def _versions(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        name, equals, version = line.split(";")[0].strip(" \\").partition("==")
        if equals and not name.startswith("#"):
            found[name.lower().replace("_", "-")] = version.strip()
    return found


if __name__ == "__main__":
    sys.exit(main())
