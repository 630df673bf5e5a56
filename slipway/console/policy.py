"""The content security policy of a page of the console: no script but its own, and those inlined.

Next inlines scripts that differ from page to page and from build to build; a static export has
nobody to make a nonce, so each page's policy names the hashes of what is in that page.
"""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser


def policy_of(html: str) -> str:
    """Return the policy (CSP level 3) of a page."""
    scripts = " ".join(["'self'", *(f"'sha256-{each}'" for each in inline_script_hashes(html))])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            # Dialogs write a style element that keeps the page behind from scrolling; what it says
            # depends on the window. Styles load nothing from elsewhere by the rules below.
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def inline_script_hashes(html: str) -> list[str]:
    """Return the SHA-256 of each inline script, base64, sorted and each once."""
    reader = _InlineScripts()
    reader.feed(html)
    reader.close()
    digests = {hashlib.sha256(script.encode()).digest() for script in reader.found}
    return sorted(base64.b64encode(digest).decode() for digest in digests)


class _InlineScripts(HTMLParser):
    """Collects the texts of script elements that have no address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._parts: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._parts = []

    def handle_data(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._parts is not None:
            self.found.append("".join(self._parts))
            self._parts = None
