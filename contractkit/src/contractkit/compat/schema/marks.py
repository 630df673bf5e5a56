"""Access keywords, names and annotations of a schema, and unknown keywords."""

from contractkit.compat.schema.local import Change, Local, Step, shown
from contractkit.compat.schema.rules import RULES
from contractkit.compat.schema.shape import marks
from contractkit.compat.unclassified import EXTENSION, UNCLASSIFIED
from contractkit.documents import Node
from contractkit.keywords import is_annotation

KNOWN = frozenset(
    {
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "contains",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "dependentRequired",
        "dependentSchemas",
        "discriminator",
        "else",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "if",
        "items",
        "maxContains",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minContains",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "not",
        "nullable",
        "oneOf",
        "pattern",
        "patternProperties",
        "prefixItems",
        "properties",
        "propertyNames",
        "readOnly",
        "required",
        "then",
        "type",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
        "writeOnly",
        "x-extensible",
        "x-extensible-enum",
    },
)
"""Schema keywords that a rule decides."""

_COMPONENT_FOLDERS = frozenset({"$defs", "definitions", "schemas"})


def check_unknown(local: Local) -> None:
    """Record changed keywords that no rule decides (G03), vendor extensions as harmless."""
    before, after = local.old.keywords, local.new.keywords
    for keyword in sorted({*before, *after} - KNOWN):
        old, new = before.get(keyword), after.get(keyword)
        if (old.value if old else None) != (new.value if new else None) or (not old or not new):
            rule = EXTENSION if keyword.startswith("x-") else UNCLASSIFIED
            decided = "" if rule is EXTENSION else "; no rule decides it"
            message = f"the schema keyword {keyword} was {_verb(old, new)}{decided}"
            local.changes.append(
                Change(rule, old or local.old.node, new or local.new.node, message, keyword)
            )


def _verb(old: Node | None, new: Node | None) -> str:
    return "changed" if old and new else "dropped" if old else "added"


def check_default(local: Local, old: Node, new: Node) -> None:
    """Compare defaults: rule S26."""
    before, after = marks(old).get("default"), marks(new).get("default")
    was, now = (shown(mark.value) if mark else "unset" for mark in (before, after))
    if was != now:
        local.say("default-changed", f"the default {was} became {now}", before, after, "default")


def check_access(local: Local, step: Step, required: bool) -> None:
    """Compare `readOnly` and `writeOnly`: rule S27. `required`: NEW requires it."""
    before, after = marks(step.old), marks(step.new)
    for keyword in ("readOnly", "writeOnly"):
        old, new = before.get(keyword), after.get(keyword)
        was, now = bool(old and old.value), bool(new and new.value)
        if was == now:
            continue
        if keyword == "readOnly":
            rule = "read-only-required" if now and required else "read-only-changed"
        else:
            rule = "write-only-added" if now else "write-only-removed"
        message = f"{step.key} is {'now' if now else 'no longer'} {keyword}"
        local.changes.append(
            Change(RULES[rule], old or step.old, new or step.new, message, f"{step.key}.{keyword}")
        )


def check_annotations(local: Local, old: Node, new: Node) -> None:
    """Compare annotations: rule S31."""
    before, after = _annotations(old), _annotations(new)
    if before != after:
        keywords = sorted(key for key in before | after if before.get(key) != after.get(key))
        local.changes.append(
            Change(RULES["documentation-changed"], old, new, f"{', '.join(keywords)} changed")
        )


def _annotations(node: Node) -> dict[str, object]:
    if not isinstance(node.value, dict):
        return {}
    skipped = {"$defs", "definitions"}
    return {k: v for k, v in node.value.items() if is_annotation(k) and k not in skipped}


def components(node: Node) -> list[str]:
    """Return the names of the components along a chain of references; none for an inline schema."""
    names: list[str] = []
    seen = {node.place}
    while node.reference is not None:
        node = node.target()
        if node.place in seen:
            break
        seen.add(node.place)
        names.append(node.name)
    return names


def owner(node: Node) -> str | None:
    """Return the name of the component in which a node stands, or None."""
    for index in range(len(node.path) - 2, -1, -1):
        if node.path[index] in _COMPONENT_FOLDERS:
            return node.path[index + 1]
    return None


def check_name(local: Local, old: Node, new: Node) -> None:
    """Compare the names of components: rule S30, where at least one place refers to one."""
    before, after = components(old), components(new)
    if before != after:
        first, second = " → ".join(before), " → ".join(after)
        message = f"the schema {first or 'inline'} became {second or 'inline'}"
        local.changes.append(Change(RULES["component-moved"], old, new, message))
