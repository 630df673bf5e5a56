"""Request bodies, responses and media types: H08 to H11."""

from collections.abc import Callable, Mapping, Sequence

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.encoding import compare_encoding
from contractkit.compat.http.headers import compare_headers
from contractkit.compat.http.media_types import pair_media_types
from contractkit.compat.http.parts import as_parts, without_texts
from contractkit.compat.http.representations import travels_as_bytes, travels_as_text
from contractkit.compat.http.rules import RULES
from contractkit.compat.http.sequences import as_sequences
from contractkit.compat.http.stream import compare_stream
from contractkit.compat.http.xml import compare_xml
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role, Rule
from contractkit.compat.use import Use
from contractkit.documents import Documents, at
from contractkit.location import Location
from contractkit.model.http import HttpOperation, MediaType, Response
from contractkit.model.schema import Schema

_KNOWN_MEDIA = frozenset(
    {
        "schema",
        "itemSchema",
        "encoding",
        "x-terminal-events",
        "x-heartbeat-seconds",
        "x-retry-milliseconds",
    }
)
_KNOWN_RESPONSE = frozenset({"headers", "content"})
_ANSWERS = {
    "added": "answer-media-type-taken",
    "generalised": "answer-media-type-taken",
    "removed": "answer-media-type-refused",
    "specialised": "answer-media-type-refused",
    "body-added": "answer-body-demanded",
    "body-removed": "answer-body-unread",
}
"""The rules for answers to webhooks and callbacks."""


def compare_request(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, *, outgoing: bool
) -> None:
    """Compare request bodies and their schemas: rules H08 and H09."""
    use = Use(new.label, "request", Role.OUT if outgoing else Role.IN)
    plain = Use(new.label, "request")
    before, after = old.request_body, new.request_body
    if before is None or after is None:
        if after is not None:
            rule = "required-body-added" if after.required else "optional-body-added"
            rule = "outgoing-body-added" if outgoing else rule
            collector.say(RULES[rule], "a body is new", old.location, after.location, plain)
        elif before is not None:
            collector.say(RULES["body-removed"], "the body is gone", before.location, None, plain)
        return
    if before.required != after.required:
        verb = "required" if after.required else "optional"
        message = f"the body became {verb}"
        rule = f"outgoing-body-became-{verb}" if outgoing else f"body-became-{verb}"
        collector.say(RULES[rule], message, before.location, after.location, plain)
    _request_media(collector, before.content, after.content, use, after.location)


def _request_media(
    collector: FindingCollector,
    old: Sequence[MediaType],
    new: Sequence[MediaType],
    use: Use,
    place: Location,
) -> None:
    """Compare the media types of a request; of one that we send, the receiver chooses."""
    pairing = pair_media_types(old, new)
    plain = Use(use.operation, use.carrier)
    outgoing = use.role is Role.OUT
    for kind, pairs in (("generalised", pairing.wider), ("specialised", pairing.narrower)):
        for before, after in pairs:
            message = f"{before.name} became {after.name}"
            rule = RULES[f"{'response' if outgoing else 'request'}-media-type-{kind}"]
            collector.say(rule, message, before.location, after.location, plain)
    for before, after in (*pairing.same, *pairing.wider, *pairing.narrower, *pairing.inside):
        compare_media(collector, before, after, use)
    who, verb = ("outgoing", "sent") if outgoing else ("request", "accepted")
    for before in pairing.gone:
        message = f"{before.name} is no longer {verb}"
        rule = RULES[f"{who}-media-type-removed"]
        collector.say(rule, message, before.location, place, plain)
    for after in pairing.fresh:
        message = f"{after.name} is {verb} too"
        rule = RULES[f"{who}-media-type-added"]
        collector.say(rule, message, None, after.location, plain)


def compare_media(collector: FindingCollector, old: MediaType, new: MediaType, use: Use) -> None:
    """Compare a representation: its schema as it travels, its encoding and its members."""
    old, new = as_sequences(collector.revisions, old, new)
    plain = Use(use.operation, use.carrier)
    compared = as_parts(collector.revisions, old, new, use.role)
    if media_range(old.name).name == "text/event-stream" == media_range(new.name).name:
        compare_stream(collector, old, new, Use(use.operation, "frame", use.role))
    elif _both(collector, travels_as_text, *compared):
        first, second = (media.schema or Schema(True, media.location) for media in compared)
        collector.texts(first, second, use, several=False)
    elif not _both(collector, travels_as_bytes, old, new):
        compared, parts = without_texts(collector.revisions, (old, new), compared)
        for part in parts:
            collector.texts(part.old, part.new, use, several=part.several)
        schemas = [media.schema for media in compared]
        for before, after in (schemas, (old.item_schema, new.item_schema)):
            if before is not None or after is not None:
                first = before or Schema(True, old.location)
                collector.schemas(first, after or Schema(True, new.location), use)
    compare_encoding(collector, old, new, plain, use.role)
    compare_xml(collector, old, new, plain)
    raw = [
        at(documents, media.location).value
        for documents, media in zip(collector.revisions, (old, new), strict=True)
    ]
    places = (raw[0], old.location), (raw[1], new.location)
    check_leftovers(collector, *places, known=_KNOWN_MEDIA, use=plain, what=new.name)


def _both(
    collector: FindingCollector,
    test: Callable[[Documents, MediaType], bool],
    old: MediaType,
    new: MediaType,
) -> bool:
    both = zip(collector.revisions, (old, new), strict=True)
    return all(test(documents, media) for documents, media in both)


def compare_responses(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, *, outgoing: bool
) -> None:
    """Compare responses, their headers and the schemas of their bodies: rules H10 to H12."""
    before = {response.status.upper(): response for response in old.responses}
    after = {response.status.upper(): response for response in new.responses}
    plain = Use(new.label, "response")
    for status, response in before.items():
        if status not in after:
            kind = "success" if response.success else "error"
            message = f"the status {status} is gone"
            rule = RULES[f"{kind}-status-removed"]
            if f"{status[0]}XX" in after if outgoing else _parts(status, after):
                rule = RULES["status-range-replaced"]
            collector.say(rule, message, response.location, new.location, plain, token=status)
    for status, response in after.items():
        if status not in before:
            kind = "success" if response.success else "error"
            message = f"the status {status} is new"
            rule = RULES[f"{kind}-status-added"]
            collector.say(rule, message, old.location, response.location, plain, token=status)
    role = Role.IN if outgoing else Role.OUT
    for status, response in before.items():
        now = after.get(status) or _described(status, after)
        if now is not None:
            _response(collector, response, now, Use(new.label, "response", role))
    for status, response in after.items():
        was = None if status in before else _described(status, before)
        if was is not None:
            _response(collector, was, response, Use(new.label, "response", role))


def _parts(status: str, others: Mapping[str, Response]) -> bool:
    """Return whether a status is a range of which others name single ones."""
    return status.endswith("XX") and any(
        other[0] == status[0] and other[1:].isdecimal() for other in others
    )


def _described(status: str, others: Mapping[str, Response]) -> Response | None:
    """Return the response that describes a status where it is not named: its range, or `default`.

    `default` is read as an error response, its usual meaning.
    """
    if not status[:1].isdigit():
        return None
    of_errors = others.get("DEFAULT") if status[0] in "45" else None
    return others.get(f"{status[0]}XX") or of_errors


def _response(collector: FindingCollector, old: Response, new: Response, use: Use) -> None:
    plain = Use(use.operation, use.carrier)
    pairing = pair_media_types(old.content, new.content)
    for kind, pairs in (("generalised", pairing.wider), ("specialised", pairing.narrower)):
        for before, after in pairs:
            message = f"{old.status}: {before.name} became {after.name}"
            rule = _media_rule(use, kind)
            collector.say(rule, message, before.location, after.location, plain)
    for before, after in (*pairing.same, *pairing.wider, *pairing.narrower, *pairing.inside):
        compare_media(collector, before, after, use)
    for before in pairing.gone:
        message = f"{old.status}: {before.name} is gone"
        rule = _media_rule(use, "removed" if new.content else "body-removed")
        collector.say(rule, message, before.location, new.location, plain)
    for after in pairing.fresh:
        message = f"{new.status}: {after.name} is new"
        rule = _media_rule(use, "added" if old.content else "body-added")
        collector.say(rule, message, None, after.location, plain)
    compare_headers(collector, old, new, Use(use.operation, "header", use.role))
    kinds = [
        _problem_types(documents, response) for documents, response in _sides(collector, old, new)
    ]
    for ending, some in (("removed", kinds[0] - kinds[1]), ("added", kinds[1] - kinds[0])):
        for kind in sorted(some):
            verb = "gone" if ending == "removed" else "new"
            message = f"{old.status}: the problem type {kind} is {verb}"
            rule = RULES[f"problem-type-{ending}"]
            collector.say(rule, message, old.location, new.location, plain, token=kind)
    raw = [
        at(documents, response.location).value
        for documents, response in _sides(collector, old, new)
    ]
    places = (raw[0], old.location), (raw[1], new.location)
    what = f"response {new.status}"
    check_leftovers(collector, *places, known=_KNOWN_RESPONSE, use=plain, what=what)


def _media_rule(use: Use, change: str) -> Rule:
    """Return the rule for a media type of a response; of an answer to our request, we read it."""
    if use.role is Role.IN:
        return RULES[_ANSWERS[change]]
    return RULES[f"response-media-type-{change.removeprefix('body-')}"]


def _sides(
    collector: FindingCollector, old: Response, new: Response
) -> list[tuple[Documents, Response]]:
    return list(zip(collector.revisions, (old, new), strict=True))


def _problem_types(documents: Documents, response: Response) -> set[str]:
    """Return the `type` URIs (RFC 9457) that a response's examples and schema name."""
    found: set[str] = set()
    for media in response.content:
        if not media.name.startswith("application/problem+json"):
            continue
        node = at(documents, media.location)
        for _, example in (node.dig("examples") or node).entries():
            value = example.followed().get("value")
            if value is not None and value.text("type"):
                found.add(value.text("type"))
        kind = node.dig("schema", "properties", "type")
        if kind is not None:
            found |= {str(value) for value in kind.value.get("enum", ())}
            found |= {str(kind.value["const"])} if "const" in kind.value else set()
    return found
