"""Parameters of an operation: H03 to H07, and E07 where a stream is opened."""

from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.rules import RULES
from contractkit.compat.http.serialization import explodes_alike
from contractkit.compat.http.stream_rules import RULES as STREAM
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.media import media_range
from contractkit.compat.rule import Role, Rule
from contractkit.compat.schema.local import shown
from contractkit.compat.schema.shape import marks
from contractkit.compat.use import Use
from contractkit.documents import at
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
    before = {_key(parameter): parameter for parameter in old.parameters if _counts(parameter)}
    after = {_key(parameter): parameter for parameter in new.parameters if _counts(parameter)}
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
    name = parameter.name
    return parameter.place, name.lower() if parameter.place == "header" else name


def _counts(parameter: Parameter) -> bool:
    """Return whether the parameter counts; OpenAPI ignores some headers by their name."""
    return parameter.place != "header" or parameter.name.lower() not in _IGNORED


def _moved(
    _collector: FindingCollector, was: Parameter, fresh: list[Parameter]
) -> Parameter | None:
    return next((now for now in fresh if now.name == was.name), None)


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
    if was != now:
        message = f"the default of the {name} {was} became {now}"
        collector.say(RULES["parameter-default-changed"], message, *places, plain)
    reported = frozenset({"default-changed"})
    if not (_is_text(old) and _is_text(new)):
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


def _is_text(parameter: Parameter) -> bool:
    """Return whether a parameter is written as plain text; single values are in any style."""
    return not parameter.content or media_range(parameter.content[0].name).name == "text/plain"


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
    raw = [
        at(documents, parameter.location).value
        for documents, parameter in zip(collector.revisions, (old, new), strict=True)
    ]
    before, after = (
        _serialization(parameter, written, alike=alike)
        for parameter, written in zip((old, new), raw, strict=True)
    )
    name = f"{old.place} parameter {old.name}"
    places = (old.location, new.location)
    rule = RULES["parameter-serialization-changed"]
    if before != after:
        message = f"the {name} is written as {after} instead of {before}"
        collector.say(rule, message, *places, _plain(use))
    written, read = raw if use.role is Role.IN else reversed(raw)
    if written.get("allowEmptyValue") and not read.get("allowEmptyValue"):
        message = f"the {name} may no longer be empty"
        if use.role is Role.OUT:
            message = f"the {name} may be empty"
        collector.say(rule, message, *places, _plain(use))


def _serialization(parameter: Parameter, raw: dict[str, Any], *, alike: bool) -> str:
    """Return a parameter's style and explode; `alike`: exploding it changes nothing."""
    words = [parameter.style]
    if not alike:
        words.append("exploded" if parameter.explode else "joined")
    if parameter.content and not (alike and _is_text(parameter)):
        words = [media_range(parameter.content[0].name).spelling]
    words += ["allowReserved"] if raw.get("allowReserved") else []
    return " ".join(words)
