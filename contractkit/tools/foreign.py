"""Passes messages through a RabbitMQ for documents of strangers: `foreign.py FOLDER [DOCUMENT …]`.

    python tools/foreign.py ../corpus --broker amqp://guest:guest@localhost:5672/ [--most 8]

Each AsyncAPI document is taken as it is, but its servers become one RabbitMQ: most public examples
name a broker of another kind, and what is looked at is the code, not the protocol. Its code is
generated and imported in a process and under names of its own; then, for each operation that
receives, messages of its schema reach the handler and one that is no JSON reaches the dead-letter
queue instead; for each operation that sends, the message reaches a queue and reads as it was sent.
One line per document; the exit status is 1 when anything failed.
"""

import argparse
import asyncio
import importlib
import inspect
import itertools
import json
import re
import secrets
import subprocess
import sys
import typing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args, get_origin

import aio_pika
import yaml
from faststream.rabbit import RabbitBroker
from pydantic import TypeAdapter, ValidationError
from strangers import documents, payloads

from contractkit.errors import ContractKitError
from contractkit.generator.generate import generate
from contractkit.model.contract import Contract
from contractkit.naming import snake
from contractkit.options import Options
from contractkit.reader.contract import read_contract
from contractkit.source import parse
from contractkit.tree import FolderTree

WAIT = 20.0
WORDS = ("7", 7, "2026-01-31T12:00:00Z", "3f2a1c9e-8f4b-4c55-9d2a-0a1b2c3d4e5f")


class Handlers:
    """Notes which handler was called; whatever is asked for is one, with an answer in place."""

    def __init__(self, app: Any, contract: Contract) -> None:
        self.calls: asyncio.Queue[str] = asyncio.Queue()
        self._answers: dict[str, Any] = {}
        for operation in contract.messaging.operations if contract.messaging else ():
            if operation.reply is not None and operation.action == "receive":
                name = snake(operation.operation_id)
                values = payloads(contract, operation.reply.messages)
                self._answers[name] = _answer(app, name, [value for value, _ in values])

    def __getattr__(self, name: str) -> Any:
        async def handle(*_: Any) -> Any:
            await self.calls.put(name)
            return self._answers.get(name)

        return handle


def _answer(app: Any, name: str, values: list[Any]) -> Any:
    """Return a value as what a handler of a program's interface answers."""
    for method in _methods(app, name):
        kind = typing.get_type_hints(method, vars(app)).get("return")
        return next(filter(None, (_read(kind, value) for value in values)), None)
    return None


def _methods(app: Any, name: str) -> list[Any]:
    """Return a program's handlers of a name: one, or none for an operation that is left out."""
    classes = [value for value in vars(app).values() if isinstance(value, type)]
    return [vars(one)[name] for one in classes if name in vars(one)]


def on_rabbitmq(document: Path, folder: Path) -> Path:
    """Write the document with its servers replaced by one RabbitMQ; return the file."""
    value = parse(document.name, document.read_bytes()).value
    server = {"host": "localhost", "protocol": "amqp"}
    if str(value.get("asyncapi")).startswith("2."):
        server = {"url": "localhost", "protocol": "amqp"}
    value["servers"] = {"rabbitmq": server}
    value["info"] = {
        "version": "1",
        **(value.get("info") or {}),
        "title": f"foreign {secrets.token_hex(4)}",
    }
    for channel in (value.get("channels") or {}).values():
        if isinstance(channel, dict):
            channel.pop("servers", None)
    file = folder / f"{document.stem}.yaml"
    file.write_text(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file


def arguments(function: Any, payload: Any) -> dict[str, Any]:
    """Return keyword arguments for a function that makes a message: parameters get a word."""
    hints = typing.get_type_hints(function, include_extras=True)
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "payload":
            given[name] = TypeAdapter(hints[name]).validate_python(payload)
        elif parameter.default is inspect.Parameter.empty:
            kind = hints[name]
            words = get_args(kind) if get_origin(kind) is Literal else WORDS
            given[name] = next(filter(None, (_read(kind, word) for word in words)), None)
    return given


def _read(kind: Any, word: Any) -> Any:
    """Return a word as a value of a type, or None."""
    try:
        return TypeAdapter(kind).validate_python(word)
    except ValidationError:
        return None


async def received(app: Any, topology: Any, contract: Contract, url: str) -> int:
    """Let each operation of a program that receives get its messages; return how many it got."""
    handlers, count = Handlers(app, contract), 0
    broker = RabbitBroker(url, logger=None)
    for name in [n for n in dir(app) if n.startswith("build_")]:
        taken = inspect.signature(getattr(app, name)).parameters
        getattr(app, name)(broker, handlers, **({"instance": "1"} if "instance" in taken else {}))
    async with broker, await aio_pika.connect(url) as connection:
        await broker.start()
        channel = await connection.channel()
        for operation in contract.messaging.operations if contract.messaging else ():
            keys = [key for key in (operation.channel.address, *operation.modes.cc) if key]
            if operation.action != "receive" or not _methods(app, snake(operation.operation_id)):
                continue
            for value, headers in payloads(contract, operation.messages):
                target = _target(topology, [_filled(key) for key in keys])
                if target is None:
                    continue
                name, words = target
                exchange = (
                    await channel.get_exchange(name, ensure=False)
                    if name
                    else channel.default_exchange
                )
                for body in (json.dumps(value).encode(), b"{"):
                    message = aio_pika.Message(
                        body, content_type="application/json", headers=headers
                    )
                    await exchange.publish(message, words)
                await asyncio.wait_for(handlers.calls.get(), WAIT)
                await dead_lettered(channel, topology)
                count += 1
    if not handlers.calls.empty():
        raise RuntimeError("a handler got a message that is no JSON")
    return count


async def dead_lettered(channel: Any, topology: Any) -> None:
    """Wait for a message that tells why it was refused in the dead-letter queue of the document."""
    name = next(queue for queue in topology.queues if queue.endswith(".dead"))
    queue = await channel.get_queue(name, ensure=False)
    async with asyncio.timeout(WAIT):
        while (message := await queue.get(fail=False, no_ack=True)) is None:  # noqa: ASYNC110 (a broker's)
            await asyncio.sleep(0.05)
    if "x-contract-error" not in message.headers:
        raise RuntimeError("a dead letter has no reason")


def _filled(address: str) -> str:
    """Return an address or a pattern of keys with a word for each variable part."""
    return re.sub(r"\{[^}]*\}|[*#]", "7", address)


def _target(topology: Any, keys: list[str]) -> tuple[str, str] | None:
    """Return the exchange and the routing key by which a queue gets one of `keys`."""
    for binding, key in itertools.product(topology.bindings, keys):
        if not binding.queue.endswith(".dead") and _takes(binding.routing_key, key):
            return binding.exchange, key
    return next((("", key) for key in keys if key in topology.queues), None)


def _takes(pattern: str, key: str) -> bool:
    """Whether a topic binding takes a key."""
    words, given = pattern.split("."), key.split(".")
    return pattern == "#" or (
        len(words) == len(given)
        and all(word in {"*", one} for word, one in zip(words, given, strict=True))
    )


async def sent(made: Any, contract: Contract, url: str) -> int:
    """Send each message that the operations send, and read it back; return how many there were."""
    count = 0
    broker = RabbitBroker(url, logger=None)
    async with broker, await aio_pika.connect(url) as connection:
        await broker.start()
        channel = await connection.channel()
        for operation in contract.messaging.operations if contract.messaging else ():
            function = getattr(made("messaging.message"), snake(operation.operation_id), None)
            if operation.action != "send" or function is None:
                continue
            for value, _ in payloads(contract, operation.messages):
                outgoing = function(**arguments(function, value))
                queue = await channel.declare_queue(exclusive=True)
                if outgoing.exchange:
                    await queue.bind(outgoing.exchange, outgoing.routing_key)
                    await made("messaging.runtime.publishing").publish(broker, outgoing)
                    message = await queue.get(timeout=WAIT)
                    if message is None or message.body != outgoing.body:
                        raise RuntimeError(f"{operation.operation_id} came back as another")
                    count += 1
                await queue.delete()
    return count


async def pass_messages(document: Path, url: str) -> str:
    """Generate a document's code and pass its messages; return what was done."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = on_rabbitmq(document, folder)
        program = f"foreign-{secrets.token_hex(4)}"
        generate(Options(folder, None, file.name, folder / "foreign", app=program))
        sys.path.insert(0, name)
        contract = read_contract(FolderTree(folder), openapi=None, asyncapi=file.name, unread=[])
        if not (folder / "foreign/messaging").is_dir():
            return "no messaging code"

        def made(module: str) -> Any:
            return importlib.import_module(f"foreign.{module}")

        topology = made("messaging.topology")
        async with await aio_pika.connect(url) as connection:
            await topology.declare(await connection.channel())
            try:
                return await _pass(made, folder, contract, url)
            finally:
                channel = await connection.channel()
                for queue in topology.DEFAULT_TOPOLOGY.queues:
                    await channel.queue_delete(queue)
                for exchange in filter(None, topology.DEFAULT_TOPOLOGY.exchanges):
                    await channel.exchange_delete(exchange)


async def _pass(made: Any, folder: Path, contract: Contract, url: str) -> str:
    """Pass the messages of generated code whose topology is there."""
    got = 0
    topology = made("messaging.topology").DEFAULT_TOPOLOGY
    runtime = {"__init__", "contract", "message", "publisher", "topology"}
    for app in sorted(p.stem for p in (folder / "foreign/messaging").glob("*.py")):
        if app not in runtime:
            got += await received(made(f"messaging.{app}"), topology, contract, url)
    return f"{got} received, {await sent(made, contract, url)} sent"


def main() -> int:
    """Run all documents, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("documents", nargs="*")
    parser.add_argument("--broker", default="amqp://guest:guest@localhost:5672/")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        try:
            sys.stdout.write(asyncio.run(pass_messages(given.folder, given.broker)) + "\n")
        except ContractKitError as error:
            sys.stdout.write(f"refused: {error}\n")
        return 0
    failed = passed = 0
    for file, kind in documents(given.folder, given.documents):
        if kind != "asyncapi":
            continue
        done = subprocess.run(  # noqa: S603 (our own interpreter)
            [sys.executable, __file__, str(file), "--broker", given.broker, "--one"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        last = (done.stdout or done.stderr).strip().splitlines()
        line = last[-1] if last else ""
        failed += done.returncode != 0
        passed += (
            done.returncode == 0 and line.split(" ")[0].isdecimal() and line != "0 received, 0 sent"
        )
        sys.stdout.write(f"{'failed' if done.returncode else 'ok':7}{file.name}: {line[:300]}\n")
        sys.stdout.flush()
    sys.stdout.write(f"messages passed for {passed} documents, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
