"""Descriptions (CommonMark with tables) as HTML; raw HTML is escaped."""

import json
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape


def _heading(opened: str) -> Any:
    """Render headings as paragraphs, which do not break the order of the page's own."""

    def render(
        _renderer: RendererProtocol,
        _tokens: Sequence[Token],
        _at: int,
        _options: OptionsDict,
        _env: EnvType,
    ) -> str:
        return opened

    return render


def _image(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """Render an image as a link: the page fetches nothing."""
    source = str(tokens[at].attrs.get("src", ""))
    return f'<a href="{escape(source)}">{escape(tokens[at].content or "image")}</a>'


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("heading_open", _heading('<p class="heading">'))
    made.add_render_rule("heading_close", _heading("</p>\n"))
    made.add_render_rule("image", _image)
    return made


_MARKDOWN = _markdown()


def prose(text: str) -> Markup:
    """Return a description as HTML paragraphs."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes what it is given


def line(text: str) -> Markup:
    """Return a description as inline HTML."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def pretty(value: Any) -> str:
    """Return an example as indented JSON, text as it is."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def data(value: Any) -> Markup:
    """Return JSON for a script element, which no text in it can end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - nothing in it ends the element


def slug(text: str) -> str:
    """Return a text as a part of an element's id."""
    return re.sub(r"[^\w.-]+", "_", text)
