"""Follow all jobs of a Slipway, knowing its AsyncAPI document and the wheel of its contracts.

Usage: follow_jobs.py ORIGIN AMQP_URL. It finds exchange and address in the document, prints
`listening` once it is bound, then one JSON line per event of a job, until it is ended.
"""

import asyncio
import json
import re
import sys
import urllib.request

import aio_pika
from slipway_contracts.messaging.contract import ContractError, parse
from slipway_contracts.models.event import JobStatusEvent


def described(origin: str) -> tuple[str, str, re.Pattern[str]]:
    """Return exchange, binding key and address of the events, as the document says."""
    with urllib.request.urlopen(f"{origin}/asyncapi.json", timeout=10) as answer:  # noqa: S310 - an http address
        document = json.load(answer)
    reference = document["operations"]["sendJobStatus"]["channel"]["$ref"]
    channel = document["channels"][reference.rpartition("/")[2]]
    address = channel["address"]
    pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^.]+)", re.escape(address)))
    exchange = channel["bindings"]["amqp"]["exchange"]["name"]
    return exchange, re.sub(r"\{\w+\}", "*", address), pattern


async def main(origin: str, broker: str) -> int:
    """Print events until stopped; return 1 for one that breaks the contract."""
    exchange, key, address = described(origin)
    async with await aio_pika.connect(broker) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, key)
        print("listening", flush=True)
        async with queue.iterator() as messages:
            async for message in messages:
                await message.ack()
                words = address.fullmatch(message.routing_key or "")
                try:
                    event = parse(JobStatusEvent, message.body)
                except ContractError as error:
                    print(f"refused: {error}", file=sys.stderr)
                    return 1
                if words is None or int(words["job_id"]) != event.job_id:
                    print(f"misrouted: {message.routing_key}", file=sys.stderr)
                    return 1
                print(json.dumps({"job_id": event.job_id, "status": event.status}), flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
