"""The reference of all settings as a page, made from the settings themselves."""

from typing import Any, Final

from pydantic.fields import FieldInfo

from backbone.settings import Settings

GROUPS: Final = {
    "rabbitmq_url": "Broker",
    "slipway_home": "Storage",
    "virtuozzo_base_url": "Provider",
    "slipway_secret_keys": "Sign-in and limits",
    "http_max_head_bytes": "HTTP front",
    "sse_heartbeat_seconds": "Event streams",
    "events_retention_seconds": "History",
    "worker_concurrency": "Jobs",
    "relay_batch_size": "Relay",
    "admin_host": "Operation",
}
"""The first setting of each group, in the order of the class, and the group's name."""

INTRODUCTION: Final = """# Settings

Environment variables. A wrong value refuses to start and names its variable.
Times are in seconds where the name says nothing else; lists are separated by commas.
`slipway settings` prints this page; `make generate` writes it."""

HEAD: Final = ("| variable | default | meaning |", "|---|---|---|")


def settings_page() -> str:
    """Write the Markdown page: per group a table of variable, default and meaning.

    Raises LookupError when a setting says nothing of itself.
    """
    lines = [INTRODUCTION]
    for name, field in Settings.model_fields.items():
        if name in GROUPS:
            lines += ["", f"## {GROUPS[name]}", "", *HEAD]
        if not field.description:
            raise LookupError(f"Settings.{name} has no docstring; write what it means below it")
        meaning = " ".join(field.description.split())
        lines.append(f"| `{name.upper()}` | {_default(field)} | {meaning} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None or value == ():
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
