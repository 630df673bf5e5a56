"""A case: what a server must do, the source of the rule, and how it is tested."""

from collections.abc import Callable
from dataclasses import dataclass

from sse_conformance.bench import Bench
from sse_conformance.capabilities import names
from sse_conformance.clauses import Clause

Try = Callable[[Bench], None]
BASE = "base"
"""The capability of every event stream, claimed or not."""


@dataclass(frozen=True, slots=True)
class Case:
    """`id` is `<capability>.<name>`; `needs` are further claims without which it does not apply."""

    id: str
    title: str
    clause: Clause
    try_it: Try
    needs: tuple[str, ...] = ()

    @property
    def capability(self) -> str:
        """The capability that it is listed under."""
        return self.id.partition(".")[0]

    def unclaimed(self, bench: Bench) -> str:
        """Return the name of the first missing claim, or None."""
        wanted = (self.capability, *self.needs)
        return next((n for n in wanted if n in names() and not bench.claims.claimed(n)), "")


def case(id_: str, clause: Clause, *needs: str) -> Callable[[Try], Case]:
    """Make a case of a function; its docstring is the title."""

    def made(function: Try) -> Case:
        title = (function.__doc__ or "").strip().split("\n")[0].rstrip(".")
        return Case(id_, title, clause, function, needs)

    return made
