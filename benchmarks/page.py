"""Generated parts of a page: each stands between two marks, and what people wrote stays around it."""

from collections.abc import Sequence
from pathlib import Path


def table(
    headings: Sequence[str], lines: Sequence[Sequence[str]], *, notes: bool = True
) -> list[str]:
    """Return the lines of a table of figures; with `notes` its last column has words."""
    marks = ["---", *(["---:"] * (len(headings) - 1))]
    if notes:
        marks[-1] = "---"
    return [f"| {' | '.join(cells)} |" for cells in (headings, marks, *lines)]


def write_part(page: Path, name: str, body: Sequence[str], *, heading: str) -> None:
    """Replace the part of a page, or add it at the end under a heading."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = page.read_text() if page.exists() else ""
    before, mark, rest = old.partition(begin)
    if not mark:
        before, rest = f"{old.rstrip()}\n\n## {heading}\n\n", f"{end}\n"
    after = rest.partition(end)[2]
    page.write_text("\n".join([f"{before}{begin}", "", *body, "", f"{end}{after}"]))
