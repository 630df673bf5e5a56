"""Whether the console's committed files are those of its sources, told without Node.

`record` writes `web/export.json` after a build; `check` compares it with what is there now.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "web" / "export.json"
SOURCES = (
    "web/src/**/*",
    "web/public/**/*",
    "web/package.json",
    "web/package-lock.json",
    "web/next.config.ts",
    "web/postcss.config.mjs",
    "web/tsconfig.json",
    "generated/typescript/*.js",
)
"""All that a build reads; the client's declarations leave no trace in it."""


def _digest(files: Iterator[Path], base: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{file.relative_to(base).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def digests(root: Path = ROOT) -> dict[str, str]:
    """Return the digest of the sources and that of the export."""
    sources = (file for pattern in SOURCES for file in root.glob(pattern))
    export = root / "web" / "out"
    return {"sources": _digest(sources, root), "export": _digest(export.rglob("*"), export)}


def stale(root: Path = ROOT) -> str | None:
    """Say what is not as it was recorded, or return None."""
    try:
        recorded = json.loads((root / "web" / "export.json").read_text())
    except FileNotFoundError:
        return "web/export.json is missing: run `make web`"
    present = digests(root)
    if recorded.get("sources") != present["sources"]:
        return "the console's sources changed since it was built: run `make web`"
    if recorded.get("export") != present["export"]:
        return "web/out is not what was built: run `make web`"
    return None


def main(arguments: list[str]) -> int:
    """Record or check; returns the exit status."""
    if arguments == ["record"]:
        RECORD.write_text(json.dumps(digests(), indent=2) + "\n")
        return 0
    fault = stale()
    if fault is not None:
        sys.stderr.write(f"{fault}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
