"""Writes the messaging package and the Celery tasks of an AsyncAPI document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contractkit.errors import DefectError, UnsupportedError
from contractkit.generator.amqp_bindings import refuse_bindings, tell_unbound
from contractkit.generator.broker_objects import Binding, BrokerObjects
from contractkit.generator.message_types import name_message, require_headers, require_types
from contractkit.generator.messaging_operation import OperationViews, delivery_name
from contractkit.generator.messaging_replies import require_reply, tell_correlation
from contractkit.generator.messaging_views import AppView, OperationView, SubscriberView
from contractkit.generator.models import ModelIndex
from contractkit.generator.omissions import Omissions
from contractkit.generator.rendering import Renderer
from contractkit.generator.routing_overlap import grouped
from contractkit.generator.routing_parameters import type_of_words
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.wire_schemas import Schemas
from contractkit.model.messaging import MessagingContract, MessagingOperation
from contractkit.naming import pascal, snake, unique
from contractkit.options import Options

_RESERVED_SENDERS = {"publish", "request", "messages", "parse", "serialise", "parse_headers"}
_RESERVED_HANDLERS = {"dispatch", "refuse", "handle", "publish", "parse", "serialise", "consumer"}
_TAKEN = {"contract", "message", "topology", "publisher", "runtime", "init"}


@dataclass(slots=True)
class MessagingCode:
    """What is written below `messaging/` and `tasks/`; `schemas` is set when naming has ended."""

    contract: MessagingContract
    operations: list[MessagingOperation]
    fast_path: bool
    omissions: Omissions
    _modules: SchemaModules
    _objects: BrokerObjects
    schemas: Schemas | None = None

    @property
    def has_tasks(self) -> bool:
        """Whether any operation is a Celery task that is received."""
        return any(o.celery_task and o.action == "receive" for o in self.operations)

    def write(self, index: ModelIndex, renderer: Renderer) -> None:
        """Write the packages `messaging` and, for Celery operations, `tasks`."""
        self.leave_out_unreadable(index)
        if not self.operations:
            return
        renderer.write("messaging/init.py.jinja", "messaging/__init__.py")
        names = ["contract", "topology", "outgoing", "reason", "delivery", "publishing"]
        renderer.write_runtime("messaging", names)
        renderer.write(
            "messaging/contract.py.jinja", "messaging/contract.py", version=self.contract.version
        )
        renderer.write(
            "messaging/topology.py.jinja",
            "messaging/topology.py",
            exchanges=self._objects.exchanges.values(),
            queues=self._objects.queues.values(),
            bindings=self._objects.bindings,
        )
        self._write_senders(index, renderer)
        self._write_receivers(index, renderer)
        workers = self._by_app(
            o for o in self.operations if o.action == "receive" and o.celery_task
        )
        if workers:
            renderer.write("tasks/init.py.jinja", "tasks/__init__.py")
            renderer.write_file("tasks/runtime.py.jinja", "tasks/runtime.py")
        taken = {"runtime", "init"}
        for app, operations in workers.items():
            module = unique(snake(app), taken)
            taken.add(module)
            self._write_worker(app, module, operations, index, renderer)

    def leave_out_unreadable(self, index: ModelIndex) -> None:
        """Leave out the operations that the models show to have no code."""
        readable: list[MessagingOperation] = []
        for operation in self.operations:
            with self.omissions.leave_out(f"the operation {operation.operation_id}"):
                self._views(index).view(operation)
                readable.append(operation)
        if len(readable) < len(self.operations):
            self.operations = readable
            self._objects = self._objects.of(readable)

    def _views(self, index: ModelIndex, *reserved: str) -> OperationViews:
        if self.schemas is None:
            raise DefectError("The schemas are not planned.")
        return OperationViews(self._modules, index, self._objects, self.schemas, set(reserved))

    def _write_receivers(self, index: ModelIndex, renderer: Renderer) -> None:
        receivers = self._by_app(
            o for o in self.operations if o.action == "receive" and not o.celery_task
        )
        direct = False
        taken = set(_TAKEN)
        for app, operations in receivers.items():
            module = snake(app)
            module = unique(f"{module}_app" if module in _TAKEN else module, taken)
            taken.add(module)
            direct |= self._write_receiver(app, module, operations, index, renderer)
        if direct:
            for name in ("fast_path.py", "frames.py"):
                renderer.write_file(f"messaging/runtime/{name}.jinja", f"messaging/runtime/{name}")

    def _by_app(
        self, operations: Iterable[MessagingOperation]
    ) -> dict[str, list[MessagingOperation]]:
        found: dict[str, list[MessagingOperation]] = {}
        for operation in operations:
            found.setdefault(self._objects.app(operation), []).append(operation)
        return found

    def _write_senders(self, index: ModelIndex, renderer: Renderer) -> None:
        apps = self._by_app(o for o in self.operations if o.action == "send")
        for template in ("message", "publisher"):
            views = self._views(index, *(f"{pascal(app)}Publisher" for app in apps))
            senders: set[str] = set(_RESERVED_SENDERS)
            classes: list[str] = []
            for app in apps:
                classes.append(unique(f"{pascal(app)}Publisher", classes))
            shown = [
                AppView(
                    name=app,
                    class_name=class_name,
                    operations=self._shown(views, operations, senders),
                    subscribers=(),
                )
                for (app, operations), class_name in zip(apps.items(), classes, strict=True)
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
                plain=any(not view.reply for view in everything),
                celery=any(view.celery_task for view in everything),
                imports=views.imports,
                adapters=list(views.adapters),
            )

    @staticmethod
    def _shown(
        views: OperationViews, operations: Sequence[MessagingOperation], taken: set[str]
    ) -> list[OperationView]:
        """Return the views; names that are taken get a number."""
        found: list[OperationView] = []
        for operation in operations:
            view = views.view(operation)
            name = unique(view.name, taken)
            delivery = unique(view.delivery, {known.delivery for known in found})
            taken.add(name)
            found.append(replace(view, name=name, delivery=delivery))
        return found

    def _write_receiver(
        self,
        app: str,
        module: str,
        operations: Sequence[MessagingOperation],
        index: ModelIndex,
        renderer: Renderer,
    ) -> bool:
        """Write an app's module; tell whether it needs the fast path."""
        own = [f"{pascal(app)}Handlers"]
        for operation in operations:
            own.append(unique(delivery_name(operation), own))
        views = self._views(index, *own)
        shown = self._shown(views, operations, set(_RESERVED_HANDLERS))
        subscribers = self._subscribers(app, shown)
        renderer.write(
            "messaging/app.py.jinja",
            f"messaging/{module}.py",
            app=AppView(app, pascal(app), shown, subscribers, fast_path=self.fast_path),
            imports=views.imports,
            adapters=list(views.adapters),
        )
        return self.fast_path and any(subscriber.direct for subscriber in subscribers)

    def _subscribers(
        self, app: str, operations: Sequence[OperationView]
    ) -> Sequence[SubscriberView]:
        by_queue: dict[str, list[OperationView]] = {}
        builders: set[str] = set()
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
            builder = unique(f"build_{snake(app)}{suffix}_subscriber", builders)
            builders.add(builder)
            unacknowledged = all(view.operation.modes.ack is False for view in views)
            found.append(
                SubscriberView(
                    builder=builder,
                    queue=self._objects.queues[name],
                    operations=views,
                    groups=grouped(views),
                    bindings=bindings,
                    dead_letter=None if dead is None else dead.exchange.name,
                    ack_policy="ACK_FIRST" if unacknowledged else "REJECT_ON_ERROR",
                )
            )
        return found

    def _write_worker(
        self,
        app: str,
        module: str,
        operations: Sequence[MessagingOperation],
        index: ModelIndex,
        renderer: Renderer,
    ) -> None:
        views = self._views(index, f"{pascal(app)}Handlers")
        shown = self._shown(views, operations, _RESERVED_HANDLERS | {"app", "handlers"})
        queues = {view.name: self._objects.queue(view.operation) for view in shown}
        keys = {
            view.name: [one.routing_key for one in self._objects.bindings_of(view.operation)]
            for view in shown
        }
        dead = {
            view.name: place
            for view in shown
            if (place := self._objects.dead_letter(view.operation.channel)) is not None
        }
        renderer.write(
            "tasks/app.py.jinja",
            f"tasks/{module}.py",
            app=AppView(app, pascal(app), shown, ()),
            imports=views.imports,
            adapters=list(views.adapters),
            queues=queues,
            keys=keys,
            several=any(len(each) > 1 for each in keys.values()),
            dead=dead,
        )


def plan_messaging(
    contract: MessagingContract, modules: SchemaModules, options: Options, omissions: Omissions
) -> MessagingCode:
    """Return the code of an AsyncAPI document; operations without code are left out by name."""
    objects = BrokerObjects(contract, options.app)
    code = MessagingCode(
        contract, [], "messaging" in options.fast_paths, omissions, modules, objects
    )
    for operation in contract.operations:
        with omissions.leave_out(f"the operation {operation.operation_id}"):
            require_types(operation, operation.messages, modules)
            require_headers(operation, modules)
            refuse_bindings(operation)
            for parameter in operation.channel.parameters:
                type_of_words(parameter, modules)
            if operation.celery_task is not None and operation.reply is not None:
                raise UnsupportedError(
                    operation.reply.location,
                    f"The Celery task of {operation.operation_id} has a reply.",
                    "Send what comes of it with an operation of its own; results are not read.",
                )
            if operation.reply is not None:
                require_reply(operation, operation.reply, modules, objects)
            if operation.celery_task is not None and len(operation.messages) != 1:
                raise UnsupportedError(
                    operation.location,
                    f"The Celery task of {operation.operation_id} has several messages.",
                    "Give each task an operation of its own.",
                )
            objects.take(operation)
            code.operations.append(operation)
            tell_unbound(operation, objects, omissions)
            tell_correlation(operation, omissions)
    named = [message for channel in contract.channels for message in channel.messages]
    for message in (*named, *contract.messages):
        name_message(message, modules)
    return code
