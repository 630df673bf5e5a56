"""Compares what is generated with what would be generated now."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from contractkit.generator.generate import OWN, generate_into
from contractkit.options import Options

_LONGEST = 200


def stale(options: Options) -> list[str]:
    """Return a unified diff per stale, missing or superfluous file; empty when all is fresh."""
    with TemporaryDirectory(prefix="contractkit-") as folder:
        fresh = Path(folder) / options.output.name
        generate_into(options, fresh)
        return list(_differences(options.output, fresh))


def _files(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for name in OWN:
        place = folder / name
        for path in [place, *place.rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                found[path.relative_to(folder).as_posix()] = path
    return found


def _differences(present: Path, fresh: Path) -> Iterator[str]:
    before, after = _files(present), _files(fresh)
    for name in sorted(before.keys() | after.keys()):
        old = before[name].read_text(encoding="utf-8") if name in before else ""
        new = after[name].read_text(encoding="utf-8") if name in after else ""
        if old == new and (name in before) == (name in after):
            continue
        lines = list(
            difflib.unified_diff(
                old.splitlines(),
                new.splitlines(),
                f"{present.name}/{name}" if name in before else "(missing)",
                f"{present.name}/{name} (from the contracts)" if name in after else "(superfluous)",
                lineterm="",
            )
        )
        if len(lines) > _LONGEST:
            lines = [*lines[:_LONGEST], f"… and {len(lines) - _LONGEST} lines more"]
        yield "\n".join(lines or [f"{name}: {'superfluous' if name in before else 'missing'}"])
