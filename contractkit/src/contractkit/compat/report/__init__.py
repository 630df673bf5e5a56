"""The output formats of a comparison; each is imported when it is used."""

# ruff: noqa: PLC0415 (one command writes one or two of them)

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from contractkit.compat.outcome import Outcome

Shape = Literal["text", "json", "markdown", "sarif", "changelog"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


def report(shape: Shape, outcome: "Outcome", everything: bool) -> str:
    """Return the report in one format. `everything`: harmless changes as well."""
    match shape:
        case "text":
            from contractkit.compat.report.text import plain_text as write
        case "json":
            from contractkit.compat.report.record import record as write
        case "markdown":
            from contractkit.compat.report.markdown import markdown as write
        case "sarif":
            from contractkit.compat.report.sarif import sarif as write
        case "changelog":
            from contractkit.compat.report.changelog import changelog as write
    return write(outcome, everything)
