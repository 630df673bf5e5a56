"""Generates again whenever a document, a template or the configuration changes."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from contractkit.errors import ContractKitError
from contractkit.generator.generate import generate
from contractkit.generator.summary import step, write_result
from contractkit.options import Options

_INTERVAL: Final = 0.5
_ENDINGS: Final = frozenset({".yaml", ".yml", ".json", ".toml", ".jinja"})

Snapshot = dict[Path, tuple[int, int]]


def snapshot(options: Options, read: tuple[str, ...] = ()) -> Snapshot:
    """Return when the files that a run depends on were changed, and their sizes.

    These are the files that were read and those beside them, so that a file that was missing is
    noticed when it comes.
    """
    documents = (options.openapi, options.asyncapi, *read)
    folders = {(options.root / name).parent for name in documents if name is not None}
    files = {options.root / name for name in documents if name is not None}
    files.add(options.root / "pyproject.toml")
    for folder in folders:
        files |= {file for file in _entries(folder) if file.suffix in _ENDINGS}
    if options.templates is not None:
        files |= {file for file in options.templates.rglob("*") if file.suffix in _ENDINGS}
    found: Snapshot = {}
    for file in files:
        try:
            state = file.stat()
        except OSError:
            continue
        found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return


def keep_generating(
    read: Callable[[], Options],
    tell: Callable[[str], None],
    pause: Callable[[], None] = lambda: time.sleep(_INTERVAL),
) -> None:
    """Generate now and after each change, until KeyboardInterrupt.

    `read` gives the options anew each time. An error is printed; the next change is awaited.
    """
    options = read()
    files: tuple[str, ...] = ()
    while True:
        before = snapshot(options, files)
        try:
            options = read()
            result = generate(options, step)
            files = result.files
            before |= {f: s for f, s in snapshot(options, files).items() if f not in before}
            write_result(options, result, sys.stdout)
        except ContractKitError as error:
            tell(f"contractkit: {error}")
        while (after := snapshot(options, files)) == before:
            pause()
        changed = [file for file in {*before, *after} if before.get(file) != after.get(file)]
        tell(f"Changed: {', '.join(sorted(file.name for file in changed))}")
