"""The tests that an excuse points to, named by pytest's node ids; one that does not exist is found without running it."""

import ast
from pathlib import Path


def lacking(node_id: str, root: Path) -> str | None:
    """What of `file::[Class::]function` pytest would not find below `root`; None when it is all there."""
    path, *names = node_id.split("::")
    file = root / path
    if not file.name.startswith("test_") or not file.is_file():
        return f"{node_id}: there is no test file {path!r}"
    if not names or not names[-1].startswith("test_"):
        return f"{node_id}: name a test in it, as file::function or file::Class::function"
    body: list[ast.stmt] = ast.parse(file.read_text(encoding="utf-8")).body
    for name in names:
        found = next((one for one in body if getattr(one, "name", None) == name), None)
        if found is None:
            return f"{node_id}: there is no {name!r} in {path}"
        body = getattr(found, "body", [])
    return None
