"""Release a version: name it in the changelogs, store its contracts, commit and tag.

Refuses when the tree has changes, when the contracts say another version, or when the changelog
has nothing to tell. Pushes nothing.
"""

import argparse
import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = ("specs/openapi.yaml", "specs/asyncapi.yaml")
UNRELEASED = "## Unreleased\n"


class RefusedError(Exception):
    """What has to be done before the release."""


def git(*arguments: str) -> str:
    """Run git in the repository and return what it says."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()


def contract_version(text: str) -> str:
    """Return `info.version` of a document."""
    found = re.search(r"^info:\n(?:  .*\n)*?  version: *['\"]?([^\s'\"]+)", text, re.MULTILINE)
    if found is None:
        raise RefusedError("a document in specs/ has no info.version")
    return found[1]


def released(changelog: str, version: str, day: dt.date) -> str:
    """Return a changelog in which what was unreleased is the version.

    Raises RefusedError when nothing is unreleased, or the version is there already.
    """
    if f"## {version} " in changelog:
        raise RefusedError(f"the changelog has {version} already")
    before, mark, after = changelog.partition(UNRELEASED)
    news = re.split(r"^## ", after, maxsplit=1, flags=re.MULTILINE)[0]
    if not mark or not news.strip():
        raise RefusedError(
            "the changelog has nothing below Unreleased; write what changes for whom"
        )
    return f"{before}{UNRELEASED}\n## {version} - {day.isoformat()}\n{after}"


def check(version: str) -> None:
    """Raise RefusedError unless the tree is clean and the contracts say this version."""
    if git("status", "--porcelain"):
        raise RefusedError("the tree has changes; commit or remove them")
    if git("tag", "--list", f"v{version}"):
        raise RefusedError(f"the tag v{version} is there already")
    for name in SPECS:
        said = contract_version((ROOT / name).read_text(encoding="utf-8"))
        if said != version:
            raise RefusedError(f"{name} says {said}; set info.version to {version} first")


def main() -> int:
    """Release the version that is asked for, and say what is left to do."""
    parser = argparse.ArgumentParser(description=__doc__, prog="make release ARGS=")
    parser.add_argument("version", help="such as 1.2.0; the contracts must say the same")
    version = parser.parse_args().version
    try:
        check(version)
        path = ROOT / "CHANGELOG.md"
        today = dt.datetime.now(tz=dt.UTC).date()
        text = released(path.read_text(encoding="utf-8"), version, today)
    except RefusedError as reason:
        sys.stderr.write(f"Not released: {reason}.\n")
        return 1
    path.write_text(text, encoding="utf-8")
    contractkit = Path(sys.executable).parent / "contractkit"
    subprocess.run([str(contractkit), "release"], cwd=ROOT, check=True)  # noqa: S603
    git("add", "CHANGELOG.md", "specs")
    git("commit", "-m", f"Release {version}")
    git("tag", "-a", f"v{version}", "-m", f"Version {version}")
    sys.stdout.write(f"Released {version}. Publish it: git push --follow-tags\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
