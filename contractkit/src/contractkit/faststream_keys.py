"""Keys of channels in FastStream's exports, which name a queue and its exchange.

In AsyncAPI 3.0 they name a queue's exchange nowhere else.
"""


def queue_and_exchange(key: str) -> tuple[str, str] | None:
    """Return what `queue:exchange:handler` names, or None for any other key.

    The default exchange, which is written as `_`, is an empty text.
    """
    parts = key.rsplit(":", 2)
    if len(parts) != 3:  # noqa: PLR2004 - the form's parts
        return None
    queue, exchange, _ = parts
    return queue, "" if exchange == "_" else exchange
