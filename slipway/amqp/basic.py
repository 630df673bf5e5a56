"""The methods of the classes basic, confirm, tx and channel, except publishing."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from pamqp import commands

from slipway.amqp import wire
from slipway.amqp.channel import Channel
from slipway.amqp.confirms import Confirms
from slipway.amqp.consumer import Consumer
from slipway.amqp.errors import (
    ACCESS_REFUSED,
    NOT_ALLOWED,
    NOT_IMPLEMENTED,
    PRECONDITION_FAILED,
    ChannelError,
    FatalError,
)
from slipway.amqp.replies import PSEUDO_QUEUE

_CONSUME_OK = b"\x00\x3c\x00\x15"


def qos(channel: Channel, method: commands.Basic.Qos) -> None:
    """basic.qos with RabbitMQ's meaning: `global` limits the channel, else each new consumer."""
    if method.prefetch_size:
        raise FatalError(NOT_IMPLEMENTED, f"prefetch_size!=0 ({method.prefetch_size})")
    if method.global_:
        channel.prefetch = method.prefetch_count
        for consumer in list(channel.consumers.values()):
            consumer.queue.dispatch()
    else:
        channel.next_prefetch = method.prefetch_count
    channel.reply(commands.Basic.QosOk())


def consume(channel: Channel, method: commands.Basic.Consume) -> None:
    """basic.consume; 403 if the queue has, or the request wants, an exclusive consumer."""
    tag = method.consumer_tag or f"amq.ctag-{secrets.token_urlsafe(16)}"
    if method.queue == PSEUDO_QUEUE:
        if not method.no_ack:
            raise ChannelError(PRECONDITION_FAILED, "reply consumer cannot acknowledge")
        if tag in channel.consumers:
            raise FatalError(NOT_ALLOWED, f"attempt to reuse consumer tag '{tag}'")
        channel.link.replies.open(channel)
        channel.reply_tag = tag
        _consuming(channel, tag, nowait=method.nowait)
        return
    link = channel.link
    queue = link.vhost.queue(channel.queue_name(method.queue), link)
    if queue.consumers and (method.exclusive or queue.consumers[0].exclusive):
        raise ChannelError(
            ACCESS_REFUSED, f"queue '{queue.name}' in vhost '{link.vhost.name}' in exclusive use"
        )
    consumer = Consumer(
        tag,
        queue,
        channel,
        no_ack=method.no_ack,
        exclusive=method.exclusive,
        prefetch=channel.next_prefetch,
    )
    channel.add_consumer(consumer)
    queue.add_consumer(consumer)
    _consuming(channel, tag, nowait=method.nowait)
    queue.dispatch()


def _consuming(channel: Channel, tag: str, *, nowait: bool) -> None:
    if not nowait:
        payload = _CONSUME_OK + wire.short_string(tag)
        channel.link.send(wire.raw_method(channel.number, payload))


def cancel(channel: Channel, method: commands.Basic.Cancel) -> None:
    """basic.cancel; an unknown tag is answered like a known one, as in RabbitMQ."""
    channel.cancel(method.consumer_tag or "")
    if not method.nowait:
        channel.reply(commands.Basic.CancelOk(method.consumer_tag))


def get(channel: Channel, method: commands.Basic.Get) -> None:
    """basic.get: the next message or get-empty."""
    link = channel.link
    queue = link.vhost.queue(channel.queue_name(method.queue), link)
    entry = queue.get(no_ack=method.no_ack)
    if entry is None:
        channel.reply(commands.Basic.GetEmpty())
    else:
        channel.deliver_got(queue, entry, len(queue.ready), no_ack=method.no_ack)


def ack(channel: Channel, method: commands.Basic.Ack) -> None:
    """basic.ack of one delivery, or with `multiple` of all up to it (0: all)."""
    channel.acknowledge(method.delivery_tag, multiple=method.multiple)


def nack(channel: Channel, method: commands.Basic.Nack) -> None:
    """basic.nack (RabbitMQ): reject, also several at once."""
    channel.reject(method.delivery_tag, multiple=method.multiple, requeue=method.requeue)


def reject(channel: Channel, method: commands.Basic.Reject) -> None:
    """basic.reject of one delivery."""
    channel.reject(method.delivery_tag or 0, multiple=False, requeue=method.requeue)


def recover(channel: Channel, method: commands.Basic.Recover) -> None:
    """basic.recover; only with requeue, as in RabbitMQ."""
    recover_async(channel, method)
    channel.reply(commands.Basic.RecoverOk())


def recover_async(
    channel: Channel, method: commands.Basic.Recover | commands.Basic.RecoverAsync
) -> None:
    """basic.recover-async: as recover, without an answer."""
    if not method.requeue:
        raise FatalError(NOT_IMPLEMENTED, "requeue=false")
    channel.recover()


def select_confirms(channel: Channel, method: commands.Confirm.Select) -> None:
    """confirm.select: number what is published from here on; a second call changes nothing."""
    if channel.confirms is None:
        link = channel.link
        channel.confirms = Confirms(channel.number, link.send, link.before_write)
    if not method.nowait:
        channel.reply(commands.Confirm.SelectOk())


def flow(channel: Channel, method: commands.Channel.Flow) -> None:
    """channel.flow; pausing deliveries is refused (540), prefetch does it better."""
    if not method.active:
        raise FatalError(NOT_IMPLEMENTED, "active=false")
    channel.reply(commands.Channel.FlowOk(True))


def transaction(_channel: Channel, method: commands.Tx.Select) -> None:
    """tx.*: refused, confirms are the way to know that a message is safe."""
    raise FatalError(NOT_IMPLEMENTED, f"{method.name} is not supported; use publisher confirms")


METHODS: Final[dict[int, Callable[[Channel, Any], None]]] = {
    commands.Basic.Qos.index: qos,
    commands.Basic.Consume.index: consume,
    commands.Basic.Cancel.index: cancel,
    commands.Basic.Get.index: get,
    commands.Basic.Ack.index: ack,
    commands.Basic.Nack.index: nack,
    commands.Basic.Reject.index: reject,
    commands.Basic.Recover.index: recover,
    commands.Basic.RecoverAsync.index: recover_async,
    commands.Confirm.Select.index: select_confirms,
    commands.Channel.Flow.index: flow,
    commands.Tx.Select.index: transaction,
    commands.Tx.Commit.index: transaction,
    commands.Tx.Rollback.index: transaction,
}
