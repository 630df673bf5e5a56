"""Writes the messaging package and the Celery tasks of an AsyncAPI document."""

from collections.abc import Iterable, Sequence

from contractkit.errors import UnsupportedError
from contractkit.generator.broker_objects import Binding, BrokerObjects
from contractkit.generator.message_types import require_headers, require_types
from contractkit.generator.messaging_operation import OperationViews
from contractkit.generator.messaging_views import AppView, OperationView, SubscriberView
from contractkit.generator.models import ModelIndex
from contractkit.generator.naming import pascal, snake
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.messaging import MessagingContract, MessagingOperation, Reply

_TAKEN = {"contract", "message", "topology", "publisher", "delivery", "direct", "init"}


class MessagingGenerator:
    """Generates from one AsyncAPI document; `require` comes first, `write` after the models."""

    def __init__(self, contract: MessagingContract, app: str, modules: SchemaModules) -> None:
        self._contract = contract
        self._modules = modules
        self._objects = BrokerObjects(contract, app)

    def require(self) -> None:
        """Name every schema that is needed. Raises UnsupportedError."""
        for operation in self._contract.operations:
            require_types(operation, operation.messages, self._modules)
            require_headers(operation, self._modules)
            if operation.reply is not None:
                self._require_reply(operation, operation.reply)
            if operation.celery_task is not None and len(operation.messages) != 1:
                raise UnsupportedError(
                    operation.location,
                    f"The Celery task of {operation.operation_id} has several messages.",
                    "Give each task an operation of its own.",
                )

    def _require_reply(self, operation: MessagingOperation, reply: Reply) -> None:
        require_types(operation, reply.messages, self._modules)
        if reply.address is not None:
            name = reply.address.rpartition("/")[2]
            if not reply.address.startswith("$message.header#") or snake(name) != "reply_to":
                raise UnsupportedError(
                    reply.location,
                    f"The reply address {reply.address!r} of {operation.operation_id} is not "
                    "AMQP's reply-to.",
                    "Write `$message.header#/replyTo`, which stands for the property reply-to.",
                )
        elif operation.action == "send":
            raise UnsupportedError(
                reply.location,
                f"{operation.operation_id} waits for an answer on a channel shared with others.",
                "Give the reply an address (`$message.header#/replyTo`), or receive the answers "
                "with an operation of their own.",
            )

    def write(self, index: ModelIndex, renderer: Renderer) -> None:
        """Write the packages `messaging` and, for Celery operations, `tasks`."""
        if not self._contract.operations:
            return
        objects = self._objects
        renderer.write("messaging/init.py.jinja", "messaging/__init__.py")
        renderer.write(
            "messaging/contract.py.jinja", "messaging/contract.py", version=self._contract.version
        )
        renderer.write(
            "messaging/topology.py.jinja",
            "messaging/topology.py",
            exchanges=objects.exchanges.values(),
            queues=objects.queues.values(),
            bindings=objects.bindings,
        )
        renderer.write("messaging/delivery.py.jinja", "messaging/delivery.py")
        self._write_senders(index, renderer)
        receivers = self._by_app(
            o for o in self._contract.operations if o.action == "receive" and not o.celery_task
        )
        direct = False
        for app, operations in receivers.items():
            direct |= self._write_receiver(app, operations, index, renderer)
        if direct:
            renderer.write("messaging/direct.py.jinja", "messaging/direct.py")
        workers = self._by_app(
            o for o in self._contract.operations if o.action == "receive" and o.celery_task
        )
        if workers:
            renderer.write("tasks/init.py.jinja", "tasks/__init__.py")
            renderer.write("tasks/dead_letter.py.jinja", "tasks/dead_letter.py")
        for app, operations in workers.items():
            self._write_worker(app, operations, index, renderer)

    def _by_app(
        self, operations: Iterable[MessagingOperation]
    ) -> dict[str, list[MessagingOperation]]:
        found: dict[str, list[MessagingOperation]] = {}
        for operation in operations:
            found.setdefault(self._objects.app(operation), []).append(operation)
        return found

    def _write_senders(self, index: ModelIndex, renderer: Renderer) -> None:
        apps = self._by_app(o for o in self._contract.operations if o.action == "send")
        for template in ("message", "publisher"):
            views = OperationViews(self._modules, index, self._objects, "..models")
            shown = [
                AppView(
                    name=app,
                    class_name=f"{pascal(app)}Publisher",
                    operations=[views.view(operation) for operation in operations],
                    subscribers=(),
                )
                for app, operations in apps.items()
            ]
            everything = [view for app in shown for view in app.operations]
            renderer.write(
                f"messaging/{template}.py.jinja",
                f"messaging/{template}.py",
                apps=shown,
                operations=everything,
                names={
                    v.operation.operation_id: v.union.names for v in everything if v.union.names
                },
                requests=any(view.reply for view in everything),
                celery=any(view.celery_task for view in everything),
                imports=views.imports,
                adapters=list(views.adapters),
            )

    def _write_receiver(
        self,
        app: str,
        operations: Sequence[MessagingOperation],
        index: ModelIndex,
        renderer: Renderer,
    ) -> bool:
        """Write an app's module; tell whether it needs the fast path."""
        views = OperationViews(self._modules, index, self._objects, "..models")
        shown = [views.view(operation) for operation in operations]
        subscribers = self._subscribers(app, shown)
        module = snake(app)
        renderer.write(
            "messaging/app.py.jinja",
            f"messaging/{module}_app.py" if module in _TAKEN else f"messaging/{module}.py",
            app=AppView(app, pascal(app), shown, subscribers),
            imports=views.imports,
            adapters=list(views.adapters),
        )
        return any(subscriber.direct for subscriber in subscribers)

    def _subscribers(
        self, app: str, operations: Sequence[OperationView]
    ) -> Sequence[SubscriberView]:
        by_queue: dict[str, list[OperationView]] = {}
        for view in operations:
            queue = self._objects.queue(view.operation)
            by_queue.setdefault(queue.name, []).append(view)
        found: list[SubscriberView] = []
        for name, views in by_queue.items():
            first = views[0].operation
            dead = self._objects.dead_letter(first.channel)
            suffix = "" if len(by_queue) == 1 else f"_{snake(name)}"
            bindings: list[Binding] = []
            for view in views:
                new = self._objects.bindings_of(view.operation)
                bindings += [binding for binding in new if binding not in bindings]
            unacknowledged = all(view.operation.modes.ack is False for view in views)
            found.append(
                SubscriberView(
                    builder=f"build_{snake(app)}{suffix}_subscriber",
                    queue=self._objects.queues[name],
                    operations=views,
                    bindings=bindings,
                    dead_letter=None if dead is None else dead.exchange.name,
                    ack_policy="ACK_FIRST" if unacknowledged else "REJECT_ON_ERROR",
                )
            )
        return found

    def _write_worker(
        self,
        app: str,
        operations: Sequence[MessagingOperation],
        index: ModelIndex,
        renderer: Renderer,
    ) -> None:
        views = OperationViews(self._modules, index, self._objects, "..models")
        shown = [views.view(operation) for operation in operations]
        queues = {view.name: self._objects.queue(view.operation) for view in shown}
        dead = {
            view.name: place
            for view in shown
            if (place := self._objects.dead_letter(view.operation.channel)) is not None
        }
        renderer.write(
            "tasks/app.py.jinja",
            f"tasks/{snake(app)}.py",
            app=AppView(app, pascal(app), shown, ()),
            imports=views.imports,
            adapters=list(views.adapters),
            queues=queues,
            dead=dead,
        )
