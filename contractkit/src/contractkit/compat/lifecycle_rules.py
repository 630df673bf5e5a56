"""The rules about deprecation, sunsets and removal, which HTTP and messaging have alike."""

from contractkit.compat.rule import BREAKING, OK, POLICY, ROUTING, Rule, Severity, both


def removal_rules(rule_id: str, name: str, thing: str) -> tuple[Rule, ...]:
    """Return the rules for a removal: before, after or without a sunset."""
    gone = f"{name}-removed"
    return (
        both(rule_id, gone, BREAKING, f"{thing} is gone", ROUTING),
        both(
            rule_id,
            f"{gone}-before-sunset",
            BREAKING,
            f"{thing} is gone before its sunset",
            ROUTING,
        ),
        both(rule_id, f"{gone}-after-sunset", OK, f"{thing} is gone after its sunset", ROUTING),
    )


def lifecycle_rules(rule_id: str, prefix: str = "") -> tuple[Rule, ...]:
    """Return the rules for changes of `deprecated`, `x-sunset` and `x-stability`."""
    rows: tuple[tuple[str, Severity, str], ...] = (
        (
            "deprecated-without-sunset",
            BREAKING,
            "deprecated without a date of its removal",
        ),
        ("deprecated", OK, "deprecated, with a sunset"),
        ("undeprecated", OK, "no longer deprecated"),
        ("sunset-earlier", BREAKING, "a sunset comes earlier than promised"),
        ("sunset-removed", BREAKING, "a promised sunset is gone while still deprecated"),
        ("sunset-too-soon", BREAKING, "a sunset leaves too little time"),
        ("sunset-later", OK, "a sunset comes later"),
        ("sunset-malformed", BREAKING, "a sunset is not a date"),
        ("stability-decreased", BREAKING, "the stability was lowered"),
        ("stability-increased", OK, "the stability was raised"),
    )
    return tuple(
        both(rule_id, f"{prefix}{name}", severity, title, POLICY) for name, severity, title in rows
    )
