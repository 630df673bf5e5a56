"""The rules E01 to E10: what a change of a server-sent event stream means for its readers."""

from contractkit.compat.rule import BREAKING, OK, SOURCE, WARNING, both, index

STREAM_RULES = (
    both("E01", "stream-became-opaque", BREAKING, "a stream no longer describes its frames"),
    both("E01", "stream-described", OK, "a stream describes its frames"),
    both("E02", "frame-removed", BREAKING, "a named frame is gone or has another name"),
    both(
        "E03",
        "frame-added",
        WARNING,
        "a named frame is new; readers ignore it, generated unions grow",
        SOURCE,
    ),
    both("E04", "frame-became-default", BREAKING, "a named frame arrives as `message` now"),
    both(
        "E05",
        "frame-data-opaque",
        BREAKING,
        "the data of a frame is no longer JSON of a known shape",
    ),
    both(
        "E06",
        "frame-id-removed",
        BREAKING,
        "a frame has no id any more, so a reader cannot resume",
    ),
    both("E06", "frame-id-added", OK, "a frame has an id"),
    both("E06", "resume-removed", BREAKING, "a stream cannot be resumed by Last-Event-ID any more"),
    both(
        "E07",
        "stream-parameter-required",
        BREAKING,
        "opening a stream demands a parameter, which a browser's reconnect cannot add",
    ),
    both("E08", "terminal-frame-removed", BREAKING, "no frame ends the stream any more"),
    both("E08", "terminal-frame-added", OK, "a frame ends the stream"),
    both(
        "E09",
        "stream-interval-changed",
        WARNING,
        "the interval of heartbeats or reconnects changed",
    ),
    both(
        "E10",
        "event-not-relayed",
        BREAKING,
        "a relayed event has no frame of the same schema, or several",
    ),
)

RULES = index(STREAM_RULES)
