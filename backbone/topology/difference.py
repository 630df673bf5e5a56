"""How what stands on the broker differs from the contract, in a sentence that says what to do.

A broker answers 406 PRECONDITION_FAILED to a declaration that differs from what is there, and names
the first argument that does (RabbitMQ's text, which the embedded broker repeats).
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from backbone.errors import SlipwayError

Kind = Literal["queue", "exchange"]

RENAMED_BY: Final = {
    "jobs.direct": "RABBITMQ_JOBS_EXCHANGE",
    "events.topic": "RABBITMQ_EVENTS_EXCHANGE",
    "jobs.env.create": "RABBITMQ_JOBS_QUEUE",
    "jobs.env.delete": "RABBITMQ_JOBS_DELETE_QUEUE",
    "jobs.dead": "RABBITMQ_JOBS_DEAD_QUEUE",
    "events.dead": "RABBITMQ_EVENTS_DEAD_QUEUE",
}
"""The setting that gives an exchange or a queue of the contract another name."""

# Without a dead-letter exchange our consumers still put aside what they refuse, with the reason.
_MAY_BE_MISSING: Final = frozenset(
    {
        *("x-dead-letter-exchange", "x-dead-letter-routing-key"),
        *("x-max-length", "x-max-length-bytes", "x-overflow"),
    }
)
# What only concerns how the broker keeps a queue, or whom it serves first.
_MAY_DIFFER: Final = frozenset(
    {
        *("x-queue-type", "x-delivery-limit", "x-quorum-initial-group-size", "x-queue-mode"),
        *("x-queue-version", "x-max-priority", "x-single-active-consumer"),
    }
)
_BOUNDS: Final = frozenset({"x-max-length", "x-max-length-bytes", "x-overflow"})

_TOLD = re.compile(
    r"inequivalent arg '(?P<argument>[^']+)' for (?:queue|exchange) '.*' in vhost '.*': received "
    r"(?:the value )?(?:none|'.*?')(?: of type '\w+')? but current is "
    r"(?:the value )?(?:none|'(?P<present>.*?)')(?: of type '(?P<type>\w+)'|$)"
)
_TRUTH: Final = {"true": True, "false": False}


class TopologyMismatch(SlipwayError):  # noqa: N818 - named as BrokerUnavailable is
    """What stands on the broker can't keep the contract; the text says what, and two ways out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument: `wanted` by the contract and `present` on the broker; None means not set.

    `contract_name` is the contract's name of the queue or exchange, `name` the configured one.
    """

    kind: Kind
    contract_name: str
    name: str
    argument: str
    wanted: Any
    present: Any

    @property
    def harmless(self) -> bool:
        """Whether every promise can be kept in spite of it."""
        if self.kind == "exchange":
            return False
        if self.argument in _MAY_DIFFER:
            return True
        if self.contract_name.endswith(".dead") and self.argument in _BOUNDS:
            return True
        return self.present is None and self.argument in _MAY_BE_MISSING

    def __str__(self) -> str:
        return (
            f"{self.kind} {self.name!r}: {self.argument} is {_shown(self.present)} on the broker, "
            f"and the contract wants {_shown(self.wanted)}"
        )

    @property
    def mend(self) -> str:
        """Say the two ways out."""
        setting = RENAMED_BY.get(self.contract_name)
        other = f"set {setting} to another name" if setting else "give it another name"
        if self.kind == "exchange":
            return f"delete the exchange when nobody uses it, or {other}"
        return f"run `slipway topology apply`, which moves its messages over, or {other}"


def read_mismatch(text: str, wanted: object) -> tuple[str, object] | None:
    """Read a 406's text: the argument and the value on the broker; None for another text.

    The broker cuts its text at 255 bytes and leaves types out when both sides have a value, so
    numbers are told by the type of `wanted` then.
    """
    found = _TOLD.search(text)
    if found is None:
        return None
    argument, present, kind = found["argument"], found["present"], found["type"]
    if present is None:
        return argument, None
    if present in _TRUTH and (kind == "bool" or kind is None):
        return argument, _TRUTH[present]
    if re.fullmatch(r"-?\d+", present) and kind != "longstr":
        return argument, int(present) if kind or not isinstance(wanted, str) else present
    return argument, present


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    return f"'{str(value).lower() if isinstance(value, bool) else value}'"
