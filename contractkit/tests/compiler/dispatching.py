"""Messages without a broker: what a generated subscriber does with one that came."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from faststream.rabbit import RabbitBroker


class Recorder:
    """Stands for the handlers and notes which of them was called."""

    def __init__(self) -> None:
        self.received: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[[Any, Any], Awaitable[None]]:
        async def handle(payload: Any, delivery: Any) -> None:
            self.received.append((name, payload))

        return handle


class Dispatcher:
    """The dispatch of the only subscriber that `builder` names, or of the first."""

    def __init__(self, app: Any, builder: str, monkeypatch: Any, **options: Any) -> None:
        self.handlers = Recorder()
        kept: list[Any] = []
        original = app.consumer

        def consumer(dispatch: Any, refuse: Any) -> Any:
            kept.append(dispatch)
            return original(dispatch, refuse)

        monkeypatch.setattr(app, "consumer", consumer)
        self.subscribers = getattr(app, builder)(RabbitBroker(), self.handlers, **options)
        (self._dispatch,) = kept

    async def send(self, body: str | bytes, key: str, **properties: Any) -> str:
        """Dispatch a message; return the name of the handler that got it."""
        before = len(self.handlers.received)
        await self.answered(body, key, **properties)
        new = self.handlers.received[before:]
        return new[0][0] if new else ""

    async def answered(self, body: str | bytes, key: str, **properties: Any) -> Any:
        """Dispatch a message; return the answer to its reply-to."""
        raw = SimpleNamespace(
            body=body.encode() if isinstance(body, str) else body,
            routing_key=key,
            **{
                "content_encoding": None,
                "content_type": "application/json",
                "correlation_id": None,
                "exchange": "",
                "headers": {},
                "message_id": None,
                "redelivered": False,
                "type": None,
                **properties,
            },
        )
        return await self._dispatch(raw)
