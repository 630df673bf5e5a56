"""The documentation as a site: the repository's own pages, their links checked, nothing fetched."""

import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.highlighting import lexers

project = "Slipway"
html_title = project
root_doc = "docs/index"
extensions = ["myst_parser"]
include_patterns = [
    "*.md",
    "docs/*.md",
    "specs/decisions/*.md",
    "examples/README.md",
    "examples/*/README.md",
    "generated/typescript/README.md",
    "contractkit/*.md",
    "contractkit/docs/*.md",
    "sse-conformance/*.md",
    "slipway/amqp/README.md",
    "web/README.md",
]
exclude_patterns = ["**/node_modules", ".*"]
html_theme = "furo"
html_extra_path = ["root"]
html_copy_source = False
myst_heading_anchors = 3
# Pygments has no complete TSX, and none of Mermaid.
suppress_warnings = ["misc.highlighting_failure"]
lexers["mermaid"] = TextLexer()

_SECTION = re.compile(r"^## (.+)\n((?:\n|- .*\n)+)", re.MULTILINE)
_FOLDER = re.compile(r"\[([^][]+)\]\(([^)#:\s]+)/\)")
_PAGE = re.compile(r"^- \[([^]]+)\]\(([^)]+)\.md\)", re.MULTILINE)


def _navigate(_: Sphinx, page: str, source: list[str]) -> None:
    """Make the index's lists the navigation, so that it is written once."""
    if page != root_doc:
        return
    for caption, links in _SECTION.findall(source[0]):
        entries = "\n".join(f"{title} <{path}>" for title, path in _PAGE.findall(links))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"


def _leave_folders(app: Sphinx, page: str, source: list[str]) -> None:
    """Have a link to a folder lead to its page; where it has none, there is nothing to show."""
    here = Path(app.env.doc2path(page)).parent

    def shown(link: re.Match[str]) -> str:
        text, folder = link.groups()
        if (here / folder / "README.md").is_file():
            return f"[{text}]({folder}/README.md)"
        return text if (here / folder).is_dir() else link[0]

    source[0] = _FOLDER.sub(shown, source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Have pages changed as they are read (Sphinx calls it by this name)."""
    app.connect("source-read", _navigate)
    app.connect("source-read", _leave_folders)
    return {"parallel_read_safe": True}
