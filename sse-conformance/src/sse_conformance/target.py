"""The interface of a server under test. A target in Python is a subclass in its own file."""

import json
import re
from dataclasses import dataclass, field

from sse_conformance.capabilities import Capabilities
from sse_conformance.errors import CaseSkipped, TargetError


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Where a stream is opened, and with which header fields (a cookie, a token)."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Target:
    """A server. `stream` and `publish` must be implemented; the rest where it is claimed.

    `channel` is 0; servers that claim `teams` have a channel 1 as well, with its own credentials.
    """

    name: str = ""
    version: str = ""
    capabilities: Capabilities = Capabilities()
    max_text: int = 1_000_000
    """Characters that an event's text may have."""
    empty_text: bool = True
    """Whether an event without text can be published."""
    control_characters: bool = True
    """Whether what is published may hold NUL and other control characters."""

    def start(self) -> None:
        """Start the server and return when it answers; do nothing for one that runs elsewhere."""

    def stop(self) -> None:
        """End it, whatever state it is in."""

    def close(self) -> None:
        """Remove what the target made. Nothing is started after it."""

    def stream(self, channel: int = 0) -> StreamRequest:
        """Return the request of a channel's stream, credentials included."""
        raise NotImplementedError

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        """Publish a text. Return when the server has it. `event`, `event_id` only where claimed."""
        raise NotImplementedError

    def publish_many(self, texts: list[str], *, channel: int = 0) -> None:
        """Publish texts in their order; faster than one by one, where the server can."""
        for text in texts:
            self.publish(text, channel=channel)

    def read(self, event: str, data: str) -> str | None:  # noqa: ARG002 - others look at the name
        """Return the published text that an event's data carries, or None: it was not published."""
        return data

    def versions(self) -> str:
        """Return the version of the started server."""
        return self.version

    def terminate(self) -> None:
        """Send the server SIGTERM and return at once. For `drain`."""
        raise CaseSkipped("the target cannot send SIGTERM to the server")

    def exited(self) -> bool:
        """Return whether the process that was told to end is gone. For `drain`."""
        raise CaseSkipped("the target cannot see the server's process")

    def restart(self) -> None:
        """Stop the server and start it again on what it has stored. For `durable`."""
        self.stop()
        self.start()

    def pids(self) -> list[int]:
        """Return the server's processes, or nothing. For `memory_per_stream`."""
        return []

    def without_credentials(self, channel: int = 0) -> StreamRequest:
        """Return the stream's request without credentials. For `auth`."""
        return StreamRequest(self.stream(channel).url)

    def revocable(self) -> StreamRequest:
        """Return a request with credentials that `revoke` withdraws. For `revocation`."""
        raise CaseSkipped("the target has no credentials to withdraw")

    def revoke(self) -> None:
        """Withdraw them. For `revocation`."""
        raise NotImplementedError

    def foreign(self) -> StreamRequest:
        """Return a request for channel 1's stream with channel 0's credentials. For `teams`."""
        other = self.stream(1)
        return StreamRequest(other.url, self.stream(0).headers)

    def ending(self) -> StreamRequest:
        """Return a request for a stream that `finish` brings to its end. For `end`."""
        raise CaseSkipped("the target has no stream that ends")

    def finish(self) -> None:
        """Let that stream end. For `end`."""
        raise NotImplementedError

    def trim(self) -> None:
        """Trim old events now, if the server trims in the background."""

    def unknown_position(self, known: str) -> str:
        """Return a well-formed id that was never issued, derived from one that was."""
        return re.sub(r"[0-9a-z]", lambda at: "x" if at.group() != "x" else "y", known, count=3)

    def future_position(self, known: str) -> str:
        """Return an id after all issued ones, derived from one of them."""
        found = re.search(r"[0-9]+(?!.*[0-9])", known)
        if found is None:
            raise CaseSkipped("the target does not define a future id")
        return known[: found.start()] + str(int(found.group()) + 999_999) + known[found.end() :]

    def snapshot_position(self, data: str) -> str:
        """Return the position in a reset's data that a client goes on from. For `snapshot`."""
        value = json.loads(data)
        for name in self.capabilities.snapshot.split("."):
            if not isinstance(value, dict) or name not in value:
                raise TargetError(
                    f"the reset's data has no {self.capabilities.snapshot}: {data[:200]}"
                )
            value = value[name]
        return str(value)
