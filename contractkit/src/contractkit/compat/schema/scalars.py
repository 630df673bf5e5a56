"""Types, formats, enumerations, bounds, patterns and steps of single values."""

from numbers import Real
from typing import Any

from contractkit.compat.schema.local import Local, shown
from contractkit.compat.schema.pattern import includes
from contractkit.compat.schema.shape import TYPES, Shape, allowed, types
from contractkit.documents import Node

UPPER = ("maxLength", "maxItems", "maxProperties", "maxContains")
LOWER = {"minLength": 0, "minItems": 0, "minProperties": 0, "minContains": 1}


def check_types(local: Local) -> None:
    """Compare types: rules S08 to S10 and S12."""
    (before, null_before), (after, null_after) = types(local.old), types(local.new)
    if null_before is not None and null_after is not None and null_before != null_after:
        rule = "null-removed" if null_before else "null-added"
        verb = "no longer" if null_before else "now"
        local.say(rule, f"null is {verb} allowed", local.old.place("type"), local.new.place("type"))
    if (before is None or after is None) and "type" not in {
        *local.old.keywords,
        *local.new.keywords,
    }:
        return
    old, new = before or TYPES, after or TYPES
    if old == new:
        return
    rule = "type-narrowed" if new < old else "type-widened" if old < new else "type-changed"
    message = f"type {_names(before)} became {_names(after)}"
    local.say(rule, message, local.old.place("type"), local.new.place("type"))


def _names(names: frozenset[str] | None) -> str:
    if names is None:
        return "any"
    plain = names - {"integer"} if "number" in names else names
    return " or ".join(sorted(plain)) or "null"


def check_format(local: Local) -> None:
    """Compare formats: rule S11."""
    before, after = local.keyword("format")
    if before and after and before.value != after.value:
        message = f"format {before.value} became {after.value}"
        local.say("format-changed", message, before, after)
    elif before and not after:
        local.say("format-removed", f"format {before.value} was dropped", before)
    elif after and not before:
        local.say("format-added", f"format {after.value} was set", None, after)


def check_values(local: Local) -> None:
    """Compare `enum` and `const`: rules S13 to S16."""
    before, after = allowed(local.old), allowed(local.new)
    if before == after:
        return
    key_old = "const" if "const" in local.old.keywords else "enum"
    key_new = "const" if "const" in local.new.keywords else "enum"
    old, new = local.old.place(key_old), local.new.place(key_new)
    if before is None or after is None:
        constant = (key_new if before is None else key_old) == "const"
        values = ", ".join(shown(value) for value in after or before or [])
        if before is None:
            rule = "const-added" if constant else "enum-introduced"
            local.say(rule, f"only {values} is allowed", None, new)
        else:
            rule = "const-removed" if constant else "enum-dropped"
            local.say(rule, f"no longer limited to {values}", old, None)
        return
    if key_old == key_new == "const" and before and after:
        message = f"the value {shown(before[0])} became {shown(after[0])}"
        local.say("const-changed", message, old, new)
        return
    changed = _sieve(before, after), _sieve(after, before)
    null_reported = types(local.old)[1] != types(local.new)[1]
    for value in changed[0]:
        if value is not None or not null_reported:
            message = f"the value {shown(value)} is gone"
            local.say("enum-value-removed", message, old, new, shown(value))
    added = "enum-value-added-extensible" if _extensible(local) else "enum-value-added"
    for value in changed[1]:
        if value is not None or not null_reported:
            local.say(added, f"the value {shown(value)} is new", old, new, shown(value))


def _sieve(values: list[Any], others: list[Any]) -> list[Any]:
    known = {(isinstance(other, bool), repr(other)) for other in others}
    return [value for value in values if (isinstance(value, bool), repr(value)) not in known]


def _extensible(local: Local) -> bool:
    return bool(local.old.value("x-extensible-enum"))


def check_extensible_values(local: Local) -> None:
    """Compare values that `x-extensible-enum` itself lists: rules S13 and S14."""
    before, after = local.keyword("x-extensible-enum")
    if not before or not after or not isinstance(before.value, list):
        return
    listed = after.value if isinstance(after.value, list) else []
    for value in _sieve(listed, before.value):
        message = f"the value {shown(value)} is new"
        local.say("enum-value-added-extensible", message, before, after, shown(value))
    for value in _sieve(before.value, listed):
        message = f"the value {shown(value)} is gone"
        local.say("enum-value-removed", message, before, after, shown(value))


def check_bounds(local: Local) -> None:
    """Compare bounds: rules S17 and S18."""
    for keyword in UPPER:
        _bound(local, keyword, local.old.value(keyword), local.new.value(keyword), upper=True)
    for keyword, unset in LOWER.items():
        old, new = local.old.value(keyword, unset), local.new.value(keyword, unset)
        _bound(local, keyword, old, new, upper=False)
    for upper in (True, False):
        keyword = "maximum" if upper else "minimum"
        _bound(local, keyword, _limit(local.old, upper), _limit(local.new, upper), upper=upper)


def _bound(local: Local, keyword: str, old: Any, new: Any, *, upper: bool) -> None:
    if old == new:
        return
    lowest = float("-inf")
    highest = float("inf")
    unset = highest if upper else lowest
    pair = [unset if value is None else value for value in (old, new)]
    pair = [value if isinstance(value, tuple) else (value, 0) for value in pair]
    if upper:
        rule = "upper-bound-lowered" if pair[1] < pair[0] else "upper-bound-raised"
    else:
        rule = "lower-bound-raised" if pair[1] > pair[0] else "lower-bound-lowered"
    before, after = (_bound_place(shape, keyword) for shape in (local.old, local.new))
    message = f"{keyword} {_bound_text(old)} became {_bound_text(new)}"
    local.say(rule, message, before, after, token=keyword)


def _bound_place(shape: Shape, keyword: str) -> Node:
    exclusive = f"exclusive{keyword[0].upper()}{keyword[1:]}"
    return shape.place(keyword if keyword in shape.keywords else exclusive)


def _bound_text(value: Any) -> str:
    if value is None:
        return "unset"
    if isinstance(value, tuple):
        return f"{value[0]}{' (exclusive)' if value[1] else ''}"
    return str(value)


def _limit(shape: Shape, upper: bool) -> tuple[Any, int] | None:
    """Return the stricter limit as (value, 0 inclusive or ±1 exclusive)."""
    keyword = "maximum" if upper else "minimum"
    inclusive = shape.value(keyword)
    exclusive = shape.value("exclusiveMaximum" if upper else "exclusiveMinimum")
    sign = -1 if upper else 1
    if exclusive is True and _number(inclusive):
        return inclusive, sign
    limits = [(inclusive, 0)] if _number(inclusive) else []
    if _number(exclusive):
        whole = shape.value("type") == "integer" and float(exclusive).is_integer()
        limits.append((exclusive + sign, 0) if whole else (exclusive, sign))
    if not limits:
        return None
    return min(limits) if upper else max(limits)


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def check_pattern(local: Local) -> None:
    """Compare patterns: rule S19; inclusion is proven where both have an automaton."""
    before, after = local.keyword("pattern")
    if before and not after:
        local.say("pattern-removed", f"the pattern {before.value} was dropped", before)
    elif after and not before:
        local.say("pattern-added", f"the pattern {after.value} was set", None, after)
    elif before and after and before.value != after.value:
        wider = includes(after.value, before.value)
        narrower = includes(before.value, after.value)
        if wider and narrower:
            return
        rule = "pattern-widened" if wider else "pattern-narrowed" if narrower else "pattern-changed"
        message = f"the pattern {before.value} became {after.value}"
        local.say(rule, message, before, after)


def check_steps(local: Local) -> None:
    """Compare `multipleOf`: rule S20."""
    old, new = local.old.value("multipleOf"), local.new.value("multipleOf")
    if old != new:
        tightened = old is None or (new is not None and _divides(old, new))
        loosened = new is None or (old is not None and _divides(new, old))
        rule = f"multiple-{'tightened' if tightened else 'loosened' if loosened else 'changed'}"
        message = f"multipleOf {old or 'unset'} became {new or 'unset'}"
        places = (local.old.place("multipleOf"), local.new.place("multipleOf"))
        local.say(rule, message, *places)
    before, after = bool(local.old.value("uniqueItems")), bool(local.new.value("uniqueItems"))
    if before != after:
        places = (local.old.place("uniqueItems"), local.new.place("uniqueItems"))
        rule = "unique-items-added" if after else "unique-items-removed"
        local.say(rule, f"uniqueItems became {str(after).lower()}", *places)


def _divides(part: float, whole: float) -> bool:
    return abs(whole / part - round(whole / part)) < 1e-9  # noqa: PLR2004 (rounding of decimals)
