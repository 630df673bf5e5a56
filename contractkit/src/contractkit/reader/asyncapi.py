"""Reads an AsyncAPI 3.0 or 3.1 document (2.x after its conversion) into the model."""

from collections.abc import Mapping, Sequence

from contractkit.conversion.asyncapi_2 import CONVERTED
from contractkit.documents import Documents
from contractkit.errors import SpecError, UnsupportedError
from contractkit.model.messaging import (
    AddressParameter,
    Channel,
    Message,
    MessagingContract,
    MessagingOperation,
    Reply,
    Server,
)
from contractkit.model.schema import Schema
from contractkit.reader.amqp import (
    read_channel_binding,
    read_dead_letter,
    read_modes,
    read_own_queue,
    read_queue,
)
from contractkit.reader.fields import Fields
from contractkit.reader.message import read_message
from contractkit.reader.traits import with_traits
from contractkit.reader.unread import Unread, UnreadPart


def read_asyncapi(
    documents: Documents, file: str, unread: list[UnreadPart] | None = None
) -> MessagingContract:
    """Return the contract of an AsyncAPI document. Raises SpecError for a part that can't be read.

    With a list `unread`, channels and operations that can't be read are appended to it instead.
    """
    root = Fields(documents, documents.root(file))
    dialect = root.raw.get("asyncapi")
    if not isinstance(dialect, str) or not dialect.startswith(("3.0", "3.1")):
        raise UnsupportedError(
            root.at("asyncapi"),
            f"AsyncAPI {dialect or 'without a version'} is not read.",
            "Write `asyncapi: 3.0.0` (or 3.1, 2.x) as the document's first line and follow it.",
        )
    return _AsyncApiReader(documents, root, dialect, Unread(unread, file)).contract()


class _AsyncApiReader:
    def __init__(self, documents: Documents, root: Fields, dialect: str, unread: Unread) -> None:
        self._unread = unread
        self._documents = documents
        self._root = root
        self._dialect = dialect
        self._content_type = root.text("defaultContentType", "application/json")
        self._servers: dict[str, Server] = {}
        for name, node in root.nodes("servers"):
            with unread.part(f"the server {name}"):
                fields = Fields(documents, node)
                self._servers[fields.location.reference] = self._server(name, fields)
        self._channels: dict[str, Channel] = {}
        for key, node in root.nodes("channels"):
            with unread.part(f"the channel {key}"):
                fields = Fields(documents, node)
                self._channels[fields.location.reference] = self._channel(key, fields)

    def contract(self) -> MessagingContract:
        root = self._root
        info = self._unread.info(root)
        schemas: dict[str, Schema] = {}
        for name, node in root.nodes("components", "schemas"):
            if isinstance(node.value, Mapping | bool):
                schemas[name] = Schema(node.value, node.location)
        operations: list[MessagingOperation] = []
        for key, node in root.nodes("operations"):
            with self._unread.part(f"the operation {key}"):
                operations.append(self._operation(key, Fields(self._documents, node)))
        messages: list[Message] = []
        for name, node in root.nodes("components", "messages"):
            with self._unread.part(f"the message {name}"):
                fields = Fields(self._documents, node)
                messages.append(read_message(name, fields, self._content_type))
        return MessagingContract(
            title=info.text("title"),
            version=info.version(),
            dialect=self._dialect,
            description=info.text("description"),
            default_content_type=self._content_type,
            servers=tuple(self._servers.values()),
            channels=tuple(self._channels.values()),
            operations=tuple(operations),
            schemas=schemas,
            messages=tuple(messages),
            location=root.location,
            converted_from=root.optional_text(CONVERTED),
        )

    @staticmethod
    def _server(name: str, fields: Fields) -> Server:
        return Server(
            name=name,
            host=fields.text("host"),
            protocol=fields.text("protocol"),
            protocol_version=fields.text("protocolVersion"),
            pathname=fields.text("pathname"),
            description=fields.text("description"),
            security=tuple(scheme.raw for _, scheme in fields.objects("security")),
            location=fields.location,
        )

    def _channel(self, key: str, fields: Fields) -> Channel:
        address = fields.optional_text("address")
        exchange, queue = read_channel_binding(fields, address)
        servers = [self._known_server(server) for _, server in fields.objects("servers")]
        return Channel(
            key=key,
            address=address,
            title=fields.text("title"),
            description=fields.text("description") or fields.text("summary"),
            servers=tuple(servers or [server.name for server in self._servers.values()]),
            parameters=tuple(
                AddressParameter(
                    name=name,
                    source=parameter.optional_text("location"),
                    enum=parameter.texts("enum"),
                    default=parameter.optional_text("default"),
                    description=parameter.text("description"),
                    location=parameter.location,
                    schema=parameter.schema("schema"),
                )
                for name, parameter in fields.objects("parameters")
            ),
            messages=tuple(
                read_message(name, message, self._content_type)
                for name, message in fields.objects("messages")
            ),
            exchange=exchange,
            queue=queue,
            dead_letter=read_dead_letter(fields),
            bindings=fields.raw.get("bindings") or {},
            deprecated=bool(fields.raw.get("x-deprecated", False)),
            sunset=fields.optional_text("x-sunset"),
            extensions=fields.extensions,
            location=fields.location,
        )

    def _known_server(self, fields: Fields) -> str:
        server = self._servers.get(fields.location.reference)
        if server is None:
            raise SpecError(
                fields.written.location,
                "The channel names a server that is not below `servers`.",
                "Refer to `#/servers/…`.",
            )
        return server.name

    def _known_channel(self, fields: Fields) -> Channel:
        channel = self._channels.get(fields.location.reference)
        if channel is None:
            raise SpecError(
                fields.written.location,
                "The operation names a channel that is not below `channels`.",
                "Refer to `#/channels/…` (AsyncAPI 3: never to `#/components/channels/…`).",
            )
        return channel

    def _messages(self, fields: Fields, channel: Channel | None) -> tuple[Message, ...]:
        known: Sequence[Message] = channel.messages if channel else ()
        if "messages" not in fields.raw:
            return tuple(known)
        chosen: list[Message] = []
        for _, written in fields.objects("messages"):
            reference = str(written.written.value.get("$ref", ""))
            matches = [m for m in known if m.location.reference == written.location.reference]
            if not matches:
                raise SpecError(
                    written.written.location,
                    "The message is not one of the channel's.",
                    "Refer to `#/channels/<channel>/messages/<message>` of the same channel.",
                )
            by_key = [m for m in matches if reference.endswith(f"/messages/{m.key}")]
            chosen.append((by_key or matches)[0])
        return tuple(chosen)

    def _operation(self, key: str, written: Fields) -> MessagingOperation:
        fields = with_traits(written)
        action = fields.text("action")
        if action not in {"send", "receive"}:
            raise fields.error(
                "action", f"{action!r} is not an action.", "Write `send` or `receive`."
            )
        channel_fields = fields.object("channel")
        if channel_fields is None:
            raise fields.error(
                "channel", "The operation has no channel.", "Refer to one of `#/channels`."
            )
        channel = self._known_channel(channel_fields)
        queue_fields = fields.object("x-queue")
        queue = None if queue_fields is None else read_queue(queue_fields)
        if queue is None and action == "receive" and channel.queue is None:
            queue = read_own_queue(channel_fields)
        reply = fields.object("reply")
        return MessagingOperation(
            operation_id=key,
            action=action,  # type: ignore[arg-type]  # narrowed to the two literals above
            channel=channel,
            messages=self._messages(fields, channel),
            reply=None if reply is None else self._reply(reply),
            app=fields.optional_text("x-app"),
            celery_task=fields.optional_text("x-celery-task"),
            queue=queue,
            modes=read_modes(fields),
            title=fields.text("title"),
            summary=fields.text("summary"),
            description=fields.text("description"),
            tags=tuple(tag.text("name") for _, tag in fields.objects("tags")),
            deprecated=bool(fields.raw.get("x-deprecated", False)),
            sunset=fields.optional_text("x-sunset"),
            bindings=fields.raw.get("bindings") or {},
            extensions=fields.extensions,
            location=fields.location,
        )

    def _reply(self, fields: Fields) -> Reply:
        channel_fields = fields.object("channel")
        channel = None if channel_fields is None else self._known_channel(channel_fields)
        address = fields.object("address")
        return Reply(
            channel=channel,
            messages=self._messages(fields, channel),
            address=None if address is None else address.optional_text("location"),
            location=fields.location,
        )
