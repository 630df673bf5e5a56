"""The service over a fresh SQLite file, in this process and without sockets."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.service.world import World, build_world


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    """Team 7 is active; the clock stands."""
    world = build_world(engine)
    await world.team(7)
    return world
