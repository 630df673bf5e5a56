"""E10: a stream that relays messages has exactly one frame per message, with the same schema."""

from collections.abc import Iterator

from contractkit.compat.digest import Digests
from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.stream import branches, frames, item_of
from contractkit.compat.http.stream_rules import RULES
from contractkit.compat.schema.sample import content_of
from contractkit.compat.use import Use
from contractkit.documents import Documents, Node
from contractkit.location import Location
from contractkit.model.contract import Contract
from contractkit.model.http import HttpContract
from contractkit.model.schema import of


def compare_relayed_stream(collector: FindingCollector, old: Contract, new: Contract) -> None:
    """Record events that lost their frame, or are new without one."""
    before, after = _orphans(old), _orphans(new)
    for name in sorted(after.keys() - before.keys()):
        operation, channel, location, count = after[name]
        message = f"the event {name} has {count or 'no'} frame{'s' if count > 1 else ''}"
        use = Use(operation, "event", None, channel)
        collector.say(RULES["event-not-relayed"], message, None, location, use, token=name)


def _orphans(contract: Contract) -> dict[str, tuple[str, str, Location, int]]:
    """Return the relayed events by name that do not have exactly one frame."""
    if contract.http is None or contract.messaging is None:
        return {}
    digests = Digests()
    described = [digests.of(data) for data in _described(contract.documents, contract.http)]
    if not described:
        return {}
    found: dict[str, tuple[str, str, Location, int]] = {}
    for received in contract.messaging.operations:
        if received.action != "receive" or received.channel.queue is not None:
            continue
        for message in received.messages:
            if message.payload is None:
                continue
            count = described.count(digests.of(of(contract.documents, message.payload)))
            if count != 1:
                key = received.channel.key
                found[message.name] = (received.operation_id, key, message.location, count)
    return found


def _described(documents: Documents, http: HttpContract) -> Iterator[Node]:
    """Yield the schemas of the data of all streams in the document."""
    medias = (
        media
        for operation in http.operations
        for response in operation.responses
        for media in response.content
        if media.name.startswith("text/event-stream")
    )
    for media in medias:
        item = item_of(media)
        for same_name in frames(documents, item).values() if item is not None else ():
            for frame in same_name:
                if "data" in frame.properties:
                    yield from branches(content_of(frame.properties["data"]))
