"""Parameters of an operation: H03 to H07, and E07 where a stream is opened."""

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.bodies import compare_media
from contractkit.compat.http.exploded import by_part
from contractkit.compat.http.querystring import QUERYSTRING, parameters_of
from contractkit.compat.http.reserved import may_be_reserved
from contractkit.compat.http.rules import RULES
from contractkit.compat.http.serialization import explodes_alike, is_bare
from contractkit.compat.http.stream_rules import RULES as STREAM
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.media import media_range
from contractkit.compat.readings import takes, text
from contractkit.compat.rule import Role, Rule
from contractkit.compat.schema.local import shown
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.compat.schema.shape import marks
from contractkit.compat.use import Use
from contractkit.documents import Documents, Node, at
from contractkit.model.http import HttpOperation, Parameter
from contractkit.model.schema import Schema, of

_KNOWN = frozenset(
    {"name", "in", "required", "schema", "content", "style", "explode", "allowReserved"}
    | {"allowEmptyValue"}
)
_IGNORED = frozenset({"accept", "content-type", "authorization"})
RESUME = "last-event-id"


def streams(operation: HttpOperation) -> bool:
    """Return whether the operation responds with server-sent events."""
    return any(
        media.name.startswith("text/event-stream")
        for response in operation.responses
        for media in response.content
    )


def compare_parameters(
    collector: FindingCollector, old: HttpOperation, new: HttpOperation, *, outgoing: bool
) -> None:
    """Compare parameters by `in` and `name`; a single unmatched pair counts as moved or renamed."""
    use = Use(new.label, "parameter", Role.OUT if outgoing else Role.IN)
    streaming = streams(old) and streams(new)
    written, read = (
        parameters_of(documents, one, other, writer=(one is new) is outgoing)
        for documents, (one, other) in zip(
            collector.revisions, ((old, new), (new, old)), strict=True
        )
    )
    written, read = by_part(collector, (written, read), _plain(use), outgoing=outgoing)
    before = {_key(parameter): parameter for parameter in written if _counts(parameter)}
    after = {_key(parameter): parameter for parameter in read if _counts(parameter)}
    for key in before.keys() & after.keys():
        _pair(collector, before[key], after[key], use, streaming=streaming)
    gone = [before[key] for key in before if key not in after]
    fresh = [after[key] for key in after if key not in before]
    for was in list(gone):
        now = _moved(collector, was, fresh) or _renamed(collector, was, gone, fresh)
        if now is None:
            continue
        gone.remove(was)
        fresh.remove(now)
        rule = "parameter-moved" if was.place != now.place else "parameter-renamed"
        message = f"the {was.place} parameter {was.name} became {now.place} {now.name}"
        collector.say(RULES[rule], message, was.location, now.location, _plain(use))
    for was in gone:
        resumes = streaming and was.name.lower() == RESUME
        gone_rule = STREAM["resume-removed"] if resumes else RULES["parameter-removed"]
        if outgoing and was.required:
            gone_rule = RULES["outgoing-parameter-removed"]
        message = f"the {was.place} parameter {was.name} is gone"
        collector.say(gone_rule, message, was.location, new.location, _plain(use))
    for now in fresh:
        fresh_rule = RULES["outgoing-parameter-added" if outgoing else "optional-parameter-added"]
        if now.required and not outgoing:
            fresh_rule = _required("required-parameter-added", streaming=streaming)
        message = f"the {now.place} parameter {now.name} is new"
        collector.say(fresh_rule, message, old.location, now.location, _plain(use))


def _plain(use: Use) -> Use:
    return Use(use.operation, use.carrier)


def _required(rule: str, *, streaming: bool) -> Rule:
    return STREAM["stream-parameter-required"] if streaming else RULES[rule]


def _key(parameter: Parameter) -> tuple[str, str]:
    """Return what a parameter is known by; names of headers have no case, whole queries no name."""
    name = parameter.name.lower() if parameter.place == "header" else parameter.name
    return parameter.place, "" if parameter.place == QUERYSTRING else name


def _counts(parameter: Parameter) -> bool:
    """Return whether the parameter counts; OpenAPI ignores some headers by their name."""
    return parameter.place != "header" or parameter.name.lower() not in _IGNORED


def _moved(
    _collector: FindingCollector, was: Parameter, fresh: list[Parameter]
) -> Parameter | None:
    queries = {"query", QUERYSTRING}
    return next(
        (now for now in fresh if now.name == was.name or {was.place, now.place} == queries),
        None,
    )


def _renamed(
    collector: FindingCollector, was: Parameter, gone: list[Parameter], fresh: list[Parameter]
) -> Parameter | None:
    old = [parameter for parameter in gone if parameter.place == was.place]
    new = [parameter for parameter in fresh if parameter.place == was.place]
    if len(old) != 1 or len(new) != 1 or was.required != new[0].required:
        return None
    first, second = _node_schema(was), _node_schema(new[0])
    same = collector.comparison.same(
        of(collector.revisions[0], first), of(collector.revisions[1], second)
    )
    return new[0] if same else None


def _node_schema(parameter: Parameter) -> Schema:
    if parameter.schema is not None:
        return parameter.schema
    schema = parameter.content[0].schema if parameter.content else None
    return schema or Schema(True, parameter.location)


def _pair(
    collector: FindingCollector, old: Parameter, new: Parameter, use: Use, *, streaming: bool
) -> None:
    places, plain = (old.location, new.location), _plain(use)
    name = f"{old.place} parameter {old.name}"
    if old.required != new.required:
        verb = "required" if new.required else "optional"
        rule = RULES[f"parameter-became-{verb}"]
        if use.role is Role.OUT:
            rule = RULES[f"outgoing-parameter-became-{verb}"]
        elif new.required:
            rule = _required("parameter-became-required", streaming=streaming)
        collector.say(rule, f"the {name} became {verb}", *places, plain)
    _compare_serialization(collector, old, new, use)
    first, second = _node_schema(old), _node_schema(new)
    defaults = [
        marks(of(documents, schema)).get("default")
        for documents, schema in zip(collector.revisions, (first, second), strict=True)
    ]
    was, now = (shown(mark.value) if mark else "unset" for mark in defaults)
    texts = _are_texts(collector, old, new)
    sent = {_sent(mark) for mark in defaults} if texts else {was, now}
    if was != now and len(sent) > 1:
        message = f"the default of the {name} {was} became {now}"
        collector.say(RULES["parameter-default-changed"], message, *places, plain)
    reported = frozenset({"default-changed"})
    if old.place == new.place == QUERYSTRING and old.content and new.content:
        compare_media(collector, old.content[0], new.content[0], use)
    elif not texts:
        collector.schemas(first, second, use, reported=reported)
    else:
        several, filled = _several(old, new), old.place == new.place == "path"
        collector.texts(first, second, use, several=several, filled=filled, reported=reported)
    raw = [
        at(documents, parameter.location).value
        for documents, parameter in zip(collector.revisions, (old, new), strict=True)
    ]
    check_leftovers(
        collector,
        (raw[0], old.location),
        (raw[1], new.location),
        known=_KNOWN,
        use=plain,
        what=f"the {name}",
    )


def _sent(default: Node | None) -> str | None:
    """Return a default as the text that is sent instead of it; 1 and 1.0 are one number.

    Null does not travel: it is the same as no default.
    """
    value = default.value if default is not None else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else text(value)


def _are_texts(collector: FindingCollector, old: Parameter, new: Parameter) -> bool:
    sides = zip(collector.revisions, (old, new), strict=True)
    return all(_is_text(documents, parameter) for documents, parameter in sides)


def _is_text(documents: Documents, parameter: Parameter) -> bool:
    """Return whether a parameter is written as plain text; single values are in any style.

    Numbers and booleans are written in JSON as they are in text.
    """
    kind = media_range(parameter.content[0].name).name if parameter.content else "text/plain"
    schema = of(documents, _node_schema(parameter))
    return kind == "text/plain" or (kind == "application/json" and is_bare(schema))


def _several(old: Parameter, new: Parameter) -> bool:
    """Return whether one value is serialized as an array of one value would be."""
    repeated = old.style == new.style == "form" and old.explode and new.explode
    return repeated and new.place in {"query", "cookie"}


def _compare_serialization(
    collector: FindingCollector, old: Parameter, new: Parameter, use: Use
) -> None:
    """Compare how values are written: rule H06."""
    alike = any(
        explodes_alike(of(documents, _node_schema(parameter)), parameter.style)
        for documents, parameter in zip(collector.revisions, (old, new), strict=True)
    )
    alike_texts = alike and _are_texts(collector, old, new)
    before, after = (
        _serialization(parameter, alike=alike, alike_texts=alike_texts) for parameter in (old, new)
    )
    name = f"{old.place} parameter {old.name}"
    places = (old.location, new.location)
    rule = RULES["parameter-serialization-changed"]
    if before != after:
        message = f"the {name} is written as {after} instead of {before}"
        collector.say(rule, message, *places, _plain(use))
    sides = list(zip(collector.revisions, (old, new), strict=True))
    writer, reader = sides if use.role is Role.IN else reversed(sides)
    may = "may" if use.role is Role.OUT else "may no longer"
    if _written_empty(*writer) and not _read_empty(*reader):
        collector.say(rule, f"the {name} {may} be empty", *places, _plain(use))
    if _written_reserved(*writer) and not _allows(*reader, "allowReserved"):
        message = f"the {name} {may} hold reserved characters that are not encoded"
        collector.say(rule, message, *places, _plain(use))


def _allows(documents: Documents, parameter: Parameter, member: str) -> bool:
    return bool(at(documents, parameter.location).value.get(member))


def _written_empty(documents: Documents, parameter: Parameter) -> bool:
    """Return whether a parameter may be sent without a value; only those of a query may."""
    return parameter.place == "query" and _allows(documents, parameter, "allowEmptyValue")


def _read_empty(documents: Documents, parameter: Parameter) -> bool:
    """Return whether a parameter is taken without a value, which is an empty text."""
    if parameter.content or _written_empty(documents, parameter):
        return _written_empty(documents, parameter)
    node = of(documents, _node_schema(parameter))
    return takes(SelfContainedSchemas(), node, "", several=True)


def _written_reserved(documents: Documents, parameter: Parameter) -> bool:
    """Return whether a text may hold reserved characters as they are; headers encode nothing."""
    if parameter.content or parameter.place == "header":
        return False
    allowed = _allows(documents, parameter, "allowReserved")
    return allowed and may_be_reserved(of(documents, _node_schema(parameter)))


def _serialization(parameter: Parameter, *, alike: bool, alike_texts: bool) -> str:
    """Return a parameter's style and explode.

    `alike`: exploding it changes nothing. `alike_texts`: a media type changes nothing, either.
    A deep object is written in one way, and OpenAPI gives `explode` no meaning for it.
    """
    if parameter.content and not alike_texts:
        return media_range(parameter.content[0].name).spelling
    if alike or parameter.style == "deepObject":
        return parameter.style
    return f"{parameter.style} {'exploded' if parameter.explode else 'joined'}"
