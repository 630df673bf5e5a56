"""Properties, required names and unknown properties of objects."""

from contractkit.compat.schema.local import Local
from contractkit.compat.schema.shape import Shape, marks
from contractkit.documents import Node

_REST = ("additionalProperties", "unevaluatedProperties")


def closed(shape: Shape) -> bool:
    """Return whether unknown properties are refused."""
    return any(shape.value(keyword) is False for keyword in _REST)


def rest(shape: Shape) -> Node | None:
    """Return the schema of unknown properties, when there is one."""
    for keyword in _REST:
        node = shape.keywords.get(keyword)
        if node is not None and isinstance(node.value, dict) and node.value:
            return node
    return None


def check_properties(local: Local) -> None:
    """Compare properties: rules S01 to S05."""
    for name, node in local.old.properties.items():
        other = local.new.properties.get(name)
        if other is not None:
            local.descend(node, other, "property", name)
        else:
            _removed(local, name, node)
    for name, node in local.new.properties.items():
        if name not in local.old.properties:
            _added(local, name, node)


def _removed(local: Local, name: str, node: Node) -> None:
    remainder = rest(local.new)
    rule = "required-property-removed" if name in local.old.required else "property-removed"
    if closed(local.new):
        rule += "-closed"
    local.say(rule, f"the property {name} is gone", node, None, name)
    if remainder is not None:
        local.descend(node, remainder, "property", name)


def _added(local: Local, name: str, node: Node) -> None:
    remainder = rest(local.old)
    required = name in local.new.required and name not in local.old.required
    rule = "property-added"
    if required:
        default = "default" in marks(node)
        rule = "required-property-with-default-added" if default else "required-property-added"
    if closed(local.old):
        rule += "-closed"
    elif local.strict and not required and remainder is None:
        rule = "property-added-strict"
    words = "required property" if required else "property"
    local.say(rule, f"the {words} {name} is new", None, node, name)
    if remainder is not None:
        local.descend(remainder, node, "property", name)


def check_required(local: Local) -> None:
    """Compare `required`: rules S06 and S07."""
    before, after = local.old.required, local.new.required
    for name, node in after.items():
        added = name in local.new.properties and name not in local.old.properties
        if name not in before and not added:
            local.say("property-became-required", f"{name} became required", None, node, name)
    for name, node in before.items():
        removed = name in local.old.properties and name not in local.new.properties
        if name not in after and not removed:
            local.say("property-became-optional", f"{name} became optional", node, None, name)


def check_rest(local: Local) -> None:
    """Compare whether and which unknown properties are allowed: rule S21."""
    for keyword in _REST:
        before, after = local.keyword(keyword)
        old, new = _openness(before), _openness(after)
        if before is not None and after is not None and old == new == 1:
            local.descend(before, after, "extra")
        elif new < old:
            local.say("object-closed", f"{keyword} was restricted", before, after, keyword)
        elif new > old:
            local.say("object-opened", f"{keyword} was allowed", before, after, keyword)


def _openness(node: Node | None) -> int:
    """Return which unknown properties are allowed: 2 any, 1 those of a schema, 0 none."""
    if node is None or node.value in (True, {}):
        return 2
    return 0 if node.value is False else 1


def check_dependencies(local: Local) -> None:
    """Compare `propertyNames`, `patternProperties` and dependent properties: rule S28."""
    _part(local, "propertyNames")
    for keyword in ("patternProperties", "dependentSchemas"):
        before, after = local.keyword(keyword)
        old = dict(before.entries()) if before else {}
        new = dict(after.entries()) if after else {}
        for name in old | new:
            if name in old and name in new:
                local.descend(old[name], new[name], "apart", name)
            elif name in new:
                message = f"{keyword} {name} was added"
                local.say("applicator-tightened", message, None, new[name], f"{keyword}.{name}")
            else:
                message = f"{keyword} {name} was dropped"
                local.say("applicator-loosened", message, old[name], None, f"{keyword}.{name}")
    before, after = local.keyword("dependentRequired")
    was = _dependent(before)
    now = _dependent(after)
    for name, needed in sorted(now - was):
        message = f"{name} now demands {needed}"
        local.say("applicator-tightened", message, before, after, f"{name}.{needed}")
    for name, needed in sorted(was - now):
        message = f"{name} no longer demands {needed}"
        local.say("applicator-loosened", message, before, after, f"{name}.{needed}")


def _dependent(node: Node | None) -> set[tuple[str, str]]:
    value = node.value if node is not None else {}
    return {(name, needed) for name, names in value.items() for needed in names}


def _part(local: Local, keyword: str) -> None:
    before, after = local.keyword(keyword)
    if before is not None and after is not None:
        local.descend(before, after, "apart", keyword)
    elif after is not None:
        local.say("applicator-tightened", f"{keyword} was added", None, after, keyword)
    elif before is not None:
        local.say("applicator-loosened", f"{keyword} was dropped", before, None, keyword)
