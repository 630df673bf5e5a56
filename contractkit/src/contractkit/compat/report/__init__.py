"""The shapes in which a comparison is told."""

from collections.abc import Callable

from contractkit.compat.outcome import Outcome
from contractkit.compat.report.changelog import changelog
from contractkit.compat.report.markdown import markdown
from contractkit.compat.report.record import record
from contractkit.compat.report.sarif import sarif
from contractkit.compat.report.text import plain_text, write_text

FORMATS: dict[str, Callable[[Outcome, bool], str]] = {
    "text": plain_text,
    "json": record,
    "markdown": markdown,
    "sarif": sarif,
    "changelog": changelog,
}
"""Each takes the outcome and whether to show harmless changes, and returns the report."""

__all__ = ["FORMATS", "write_text"]
