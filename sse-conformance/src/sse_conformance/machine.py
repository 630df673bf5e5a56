"""Clients that connect, break off and reconnect while texts are published, chosen by Hypothesis.

The oracle: a client received what was published since it joined. A failure shrinks to a script.
"""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from sse_conformance.bench import Bench, difference
from sse_conformance.errors import CaseFailed
from sse_conformance.parser import normalised
from sse_conformance.stream import Stream

CLIENTS = 4
SHRINKING = 0.1
CHARACTERS = "a: \n\rdiü🚢\u2028\ufeff"


@dataclass
class Client:
    """A browser: its position when it joined, and what it received before its present stream."""

    joined: int
    stream: Stream
    before: list[str] = field(default_factory=list)
    gone: bool = False

    @property
    def got(self) -> list[str]:
        """Everything that it received."""
        return self.before if self.gone else self.before + self.stream.texts


def run(bench: Bench, *, resume: bool, examples: int, steps: int) -> None:  # noqa: C901 - the rules close over the bench
    """Run `examples` scripts of at most `steps` steps. Raises CaseFailed with the shortest."""
    failures: list[str] = []
    least = 0 if bench.target.empty_text else 1
    any_text = st.text(CHARACTERS, min_size=least, max_size=min(20, bench.target.max_text))

    class Clients(RuleBasedStateMachine):
        """The state machine with its rules."""

        def __init__(self) -> None:
            super().__init__()
            self.clients: list[Client] = []

        def _among(self, number: int, *, gone: bool) -> Client:
            chosen = [client for client in self.clients if client.gone is gone]
            return chosen[number % len(chosen)]

        @rule(texts=st.lists(any_text, min_size=1, max_size=4))
        def publish(self, texts: list[str]) -> None:
            """Publish some texts."""
            bench.publish(*texts)

        @precondition(lambda self: len(self.clients) < CLIENTS)
        @rule()
        def arrive(self) -> None:
            """Connect a client without a position."""
            stream = bench.listen()
            self.clients.append(Client(stream.joined, stream))

        @precondition(lambda self: resume and any(not client.gone for client in self.clients))
        @rule(number=st.integers(0, CLIENTS - 1), size=st.integers(0, 200))
        def vanish(self, number: int, size: int) -> None:
            """Break a client's connection after it has read some more bytes."""
            client = self._among(number, gone=False)
            if size:
                client.stream.read(size)
            client.before += client.stream.texts
            client.gone = True
            client.stream.reset()

        @precondition(lambda self: any(client.gone for client in self.clients))
        @rule(number=st.integers(0, CLIENTS - 1))
        def come_back(self, number: int) -> None:
            """Reconnect a client with its position."""
            self._return(self._among(number, gone=True))

        @rule()
        def check(self) -> None:
            """Publish one more text; each connected client must have all up to it."""
            bench.publish()
            for client in self.clients:
                if not client.gone:
                    self._hold(client)

        def teardown(self) -> None:
            """Reconnect all clients, and check."""
            try:
                for client in self.clients:
                    if client.gone:
                        self._return(client)
                self.check()
            finally:
                bench.close()

        @staticmethod
        def _return(client: Client) -> None:
            client.stream = bench.open(last_event_id=client.stream.cursor)
            client.gone = False

        @staticmethod
        def _hold(client: Client) -> None:
            wanted = [normalised(text) for text in bench.logs[0][client.joined :]]
            stream = client.stream
            # Once a script has failed, waiting affects only how short the reported one becomes.
            seconds = SHRINKING if failures else None
            bench.fulfilled(lambda: wanted[-1] in stream.texts or bool(stream.ended), seconds)
            if client.got != wanted:
                failures.append(difference(wanted, client.got, stream))
                raise CaseFailed(failures[-1])

    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Clients, settings=chosen)
    except CaseFailed as failed:
        script = "\n".join(getattr(failed, "__notes__", []))
        raise CaseFailed(f"{failed}\n{script}") from failed
    except Flaky as flaky:
        # A race that was not reproduced is a failure too.
        raise CaseFailed(f"{failures[0]} (a script that failed once and then did not)") from flaky
