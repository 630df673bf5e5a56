"""Descriptions (CommonMark) as HTML; raw HTML in a document is escaped."""

import json
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def prose(text: str) -> Markup:
    """Return a description as HTML paragraphs."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes what it is given


def line(text: str) -> Markup:
    """Return a description as inline HTML."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def pretty(value: Any) -> str:
    """Return an example as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
