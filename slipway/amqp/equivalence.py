"""Whether a redeclaration asks for what is there; 406 PRECONDITION_FAILED tells what differs."""

from collections.abc import Iterable

from slipway.amqp.errors import PRECONDITION_FAILED, ChannelError

Aspect = tuple[str, object, object]


def check(kind: str, name: str, vhost: str, aspects: Iterable[Aspect]) -> None:
    """Raise ChannelError 406 at the first aspect (name, current value, wanted value) that differs.

    `kind` is "queue" or "exchange".
    """
    for aspect, current, wanted in aspects:
        if current != wanted:
            raise ChannelError(
                PRECONDITION_FAILED,
                f"inequivalent arg '{aspect}' for {kind} '{name}' in vhost '{vhost}': "
                f"received {_shown(wanted)} but current is {_shown(current)}",
            )


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"'{str(value).lower() if isinstance(value, bool) else value}'"
