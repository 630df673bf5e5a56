"""The rules E01 to E10: what a change of a server-sent event stream means for its readers."""

from contractkit.compat.rule import BREAKING, OK, SOURCE, WARNING, Category, Rule, Severity, index


def _rule(
    rule_id: str, name: str, severity: Severity, title: str, category: Category = Category.WIRE
) -> Rule:
    return Rule(rule_id, name, severity, severity, title, category)


STREAM_RULES = (
    _rule("E01", "stream-became-opaque", BREAKING, "a stream no longer says what its frames are"),
    _rule("E01", "stream-described", OK, "a stream says what its frames are"),
    _rule("E02", "frame-removed", BREAKING, "a named frame is gone or has another name"),
    _rule(
        "E03",
        "frame-added",
        WARNING,
        "a named frame is new; readers ignore it, generated unions grow",
        SOURCE,
    ),
    _rule("E04", "frame-became-default", BREAKING, "a named frame arrives as `message` now"),
    _rule(
        "E05",
        "frame-data-opaque",
        BREAKING,
        "the data of a frame is no longer JSON of a known shape",
    ),
    _rule(
        "E06",
        "frame-id-removed",
        BREAKING,
        "a frame has no position any more, so a reader cannot resume",
    ),
    _rule("E06", "frame-id-added", OK, "a frame carries its position"),
    _rule(
        "E06", "resume-removed", BREAKING, "a stream cannot be resumed by Last-Event-ID any more"
    ),
    _rule(
        "E07",
        "stream-parameter-required",
        BREAKING,
        "opening a stream demands a parameter, which a browser's reconnect cannot add",
    ),
    _rule("E08", "terminal-frame-removed", BREAKING, "readers no longer hear of the end"),
    _rule("E08", "terminal-frame-added", OK, "readers hear of the end"),
    _rule(
        "E09", "stream-interval-changed", WARNING, "the pace of heartbeats or reconnects changed"
    ),
    _rule(
        "E10",
        "event-not-relayed",
        BREAKING,
        "an event of the exchange has no frame of the same schema, or several",
    ),
)

RULES = index(STREAM_RULES)
