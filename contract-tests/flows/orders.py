"""What the flow tests do with a stack: sign in, order, follow."""

import uuid
from contextlib import asynccontextmanager

import httpx

from slipway import demo

STATUSES = ["queued", "started", "polling", "completed"]


def shortdomain(prefix="flow"):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


async def follow(client, accepted):
    return [
        frame async for frame in demo.follow(client, accepted["job_id"], accepted["last_event_id"])
    ]


def statuses(frames):
    return [frame.data["status"] for frame in frames if frame.event == "message"]


@asynccontextmanager
async def signed_in(stack, *, operator=False):
    origin = stack.operator if operator else stack.origin
    async with httpx.AsyncClient(base_url=origin.base_url, timeout=30) as client:
        await demo.sign_in(client, demo.Credentials(origin.email, origin.password))
        yield client
