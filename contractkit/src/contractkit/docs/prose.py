"""Descriptions (CommonMark) as HTML; raw HTML in a document is shown, never obeyed."""

import json
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def prose(text: str) -> Markup:
    """Paragraphs of a description."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes what it is given


def line(text: str) -> Markup:
    """Return a description that stands in a line."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def pretty(value: Any) -> str:
    """Return an example as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
