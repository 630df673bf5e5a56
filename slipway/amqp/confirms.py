"""Publisher confirms of one channel: what is stored is acknowledged, many tags in one frame."""

from collections.abc import Callable

from pamqp import commands

from slipway.amqp import wire


class Confirms:
    """Numbers the messages of a channel from 1 and tells the publisher what became of each.

    Confirmed tags are gathered until the connection writes: all tags below the first one still
    open go out as a single `multiple` ack.
    """

    def __init__(
        self,
        channel: int,
        send: Callable[[bytes], None],
        before_write: Callable[[Callable[[], None]], None],
    ) -> None:
        self._channel = channel
        self._send = send
        self._before_write = before_write
        self._last = 0
        self._open: dict[int, None] = {}
        self._done: list[int] = []
        self._closed = False

    def close(self) -> None:
        """Send nothing more under the channel's number: it has ended."""
        self._closed = True

    def begin(self) -> int:
        """Return the tag of the next message."""
        self._last += 1
        self._open[self._last] = None
        return self._last

    def confirm(self, tag: int) -> None:
        """Confirm a message: the broker answers for it now."""
        del self._open[tag]
        if not self._done:
            self._before_write(self.flush)
        self._done.append(tag)

    def refuse(self, tag: int) -> None:
        """Send a nack at once, so that no later `multiple` ack covers what a queue refused."""
        del self._open[tag]
        if self._closed:
            return
        self._send(wire.encode_method(self._channel, commands.Basic.Nack(tag, False, False)))

    def flush(self) -> None:
        """Send what was gathered."""
        if self._closed:
            return
        done, self._done = sorted(self._done), []
        first_open = next(iter(self._open), self._last + 1)
        covered = [tag for tag in done if tag < first_open]
        if covered:
            self._send(wire.ack(self._channel, covered[-1], multiple=len(covered) > 1))
        for tag in done[len(covered) :]:
            self._send(wire.ack(self._channel, tag, multiple=False))
