"""The methods of the classes exchange and queue, from decoded frames to the virtual host."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pamqp import base, commands

from slipway.amqp import wire
from slipway.amqp.channel import Channel
from slipway.amqp.errors import (
    ACCESS_REFUSED,
    NOT_FOUND,
    PRECONDITION_FAILED,
    ChannelError,
)
from slipway.amqp.exchange import Exchange
from slipway.amqp.queue import Queue
from slipway.amqp.replies import is_reply_address

_DECLARE_OK = b"\x00\x32\x00\x0b"


def _answer(
    channel: Channel, method: base.Frame, *, nowait: bool = False, durable: bool = False
) -> None:
    if nowait:
        return
    if durable:
        channel.reply_when_durable(method)
    else:
        channel.reply(method)


def declare_exchange(channel: Channel, method: commands.Exchange.Declare) -> None:
    """exchange.declare; passive only asks for existence (404)."""
    vhost = channel.link.vhost
    durable = False
    if method.passive:
        vhost.exchange(method.exchange)
    elif not method.exchange:
        raise ChannelError(ACCESS_REFUSED, "operation not permitted on the default exchange")
    else:
        durable = vhost.declare_exchange(
            Exchange(
                method.exchange,
                method.exchange_type,
                durable=method.durable,
                auto_delete=method.auto_delete,
                internal=method.internal,
                arguments=method.arguments,
            )
        )
    _answer(channel, commands.Exchange.DeclareOk(), nowait=method.nowait, durable=durable)


def delete_exchange(channel: Channel, method: commands.Exchange.Delete) -> None:
    """exchange.delete; succeeds if there is none, as in RabbitMQ."""
    channel.link.vhost.remove_exchange(method.exchange, if_unused=method.if_unused)
    _answer(channel, commands.Exchange.DeleteOk(), nowait=method.nowait, durable=True)


def bind_exchange(channel: Channel, method: commands.Exchange.Bind) -> None:
    """exchange.bind (RabbitMQ's exchange-to-exchange bindings)."""
    destination = _bound_exchange(channel, method.destination)
    durable = channel.link.vhost.bind(
        method.source, destination, method.routing_key, _table(method.arguments)
    )
    _answer(channel, commands.Exchange.BindOk(), nowait=method.nowait, durable=durable)


def unbind_exchange(channel: Channel, method: commands.Exchange.Unbind) -> None:
    """exchange.unbind."""
    destination = _bound_exchange(channel, method.destination)
    channel.link.vhost.unbind(
        method.source, destination, method.routing_key, _table(method.arguments)
    )
    _answer(channel, commands.Exchange.UnbindOk(), nowait=method.nowait, durable=True)


def _bound_exchange(channel: Channel, name: str) -> Exchange:
    if not name:
        raise ChannelError(ACCESS_REFUSED, "operation not permitted on the default exchange")
    return channel.link.vhost.exchange(name)


def declare_queue(channel: Channel, method: commands.Queue.Declare) -> None:
    """queue.declare; an empty name lets the server choose, or with passive means the last one."""
    link = channel.link
    if is_reply_address(method.queue):
        if not link.replies.knows(method.queue):
            raise ChannelError(NOT_FOUND, f"no queue '{method.queue}' in vhost '{link.vhost.name}'")
        _declared(channel, method.queue, 0, 1, nowait=method.nowait)
        return
    durable = False
    if method.passive:
        queue = link.vhost.queue(channel.queue_name(method.queue), link)
        queue.touch()
    else:
        queue = link.vhost.declare_queue(
            method.queue,
            durable=method.durable,
            user=link,
            exclusive=method.exclusive,
            auto_delete=method.auto_delete,
            table=method.arguments or {},
        )
        durable = queue.slot is not None
    channel.last_queue = queue.name
    _declared(
        channel,
        queue.name,
        len(queue.ready),
        len(queue.consumers),
        nowait=method.nowait,
        durable=durable,
    )


def _declared(
    channel: Channel,
    name: str,
    messages: int,
    consumers: int,
    *,
    nowait: bool,
    durable: bool = False,
) -> None:
    if nowait:
        return
    counts = messages.to_bytes(4, "big") + consumers.to_bytes(4, "big")
    data = wire.raw_method(channel.number, _DECLARE_OK + wire.short_string(name) + counts)
    if durable:
        channel.send_when_durable(data)
    else:
        channel.link.send(data)


def bind_queue(channel: Channel, method: commands.Queue.Bind) -> None:
    """queue.bind; with both queue and routing key empty the queue's name is the key."""
    queue = _own(channel, method.queue)
    key = method.routing_key or (queue.name if not method.queue else "")
    durable = channel.link.vhost.bind(method.exchange, queue, key, _table(method.arguments))
    _answer(channel, commands.Queue.BindOk(), nowait=method.nowait, durable=durable)


def unbind_queue(channel: Channel, method: commands.Queue.Unbind) -> None:
    """queue.unbind; succeeds if there is no such binding, as in RabbitMQ."""
    queue = _own(channel, method.queue)
    key = method.routing_key or (queue.name if not method.queue else "")
    channel.link.vhost.unbind(method.exchange, queue, key, _table(method.arguments))
    _answer(channel, commands.Queue.UnbindOk(), durable=True)


def purge_queue(channel: Channel, method: commands.Queue.Purge) -> None:
    """queue.purge: ready messages go, unacknowledged ones stay."""
    count = _own(channel, method.queue).purge()
    _answer(channel, commands.Queue.PurgeOk(count), nowait=method.nowait)


def delete_queue(channel: Channel, method: commands.Queue.Delete) -> None:
    """queue.delete; succeeds if there is none; 406 if in use or not empty and asked to mind."""
    link = channel.link
    name = channel.queue_name(method.queue)
    count = 0
    if name in link.vhost.queues:
        queue = link.vhost.queue(name, link)
        if method.if_unused and queue.consumers:
            raise ChannelError(
                PRECONDITION_FAILED, f"queue '{name}' in vhost '{link.vhost.name}' in use"
            )
        if method.if_empty and queue.ready:
            raise ChannelError(
                PRECONDITION_FAILED, f"queue '{name}' in vhost '{link.vhost.name}' not empty"
            )
        count = len(queue.ready)
        link.vhost.remove_queue(queue)
    _answer(channel, commands.Queue.DeleteOk(count), nowait=method.nowait, durable=True)


def _own(channel: Channel, name: str) -> Queue:
    return channel.link.vhost.queue(channel.queue_name(name), channel.link)


def _table(arguments: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return arguments or {}


METHODS: Final[dict[int, Callable[[Channel, Any], None]]] = {
    commands.Exchange.Declare.index: declare_exchange,
    commands.Exchange.Delete.index: delete_exchange,
    commands.Exchange.Bind.index: bind_exchange,
    commands.Exchange.Unbind.index: unbind_exchange,
    commands.Queue.Declare.index: declare_queue,
    commands.Queue.Bind.index: bind_queue,
    commands.Queue.Unbind.index: unbind_queue,
    commands.Queue.Purge.index: purge_queue,
    commands.Queue.Delete.index: delete_queue,
}
