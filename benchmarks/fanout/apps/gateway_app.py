"""The gateway as its own command runs it, with a feed beside: what comes there enters the hub as from
the consumer, after validation. A line has team, job, event id and JSON.
"""

import os
import sys

from backbone.database.engine import create_engine
from backbone.memory import freeze_gc
from backbone.settings import load_settings
from backbone.telemetry import configure_logging
from benchmarks.fanout.apps.counting import counting
from benchmarks.fanout.apps.feed import Take, listen
from gateway.app import create_gateway
from gateway.http.server import create_server
from gateway.listening.hub import Hub
from gateway.outgoing.entry import JOB_STATUS, Entry


def make_feed_handler(hub: Hub) -> Take:
    """Return what does to a line of the feed as the consumer does to a validated message."""

    def take(line: bytes) -> None:
        team_id, job_id, event_id, body = line.split(b" ", 3)
        team = hub.listened(int(team_id))
        if team is not None:
            entry = Entry(JOB_STATUS, body, event_id.decode(), "polling", int(job_id))
            hub.offer(team, entry)

    return take


async def serve(port: int, feed_port: int) -> None:
    """Serve until told to stop."""
    settings = load_settings(dict(os.environ))
    configure_logging("gateway", level=settings.log_level, style=settings.log_format)
    engine = create_engine(settings.sql_url, pool_size=settings.database_pool_size)
    app = create_gateway(settings, engine)
    app.router.routes.append(counting(engine))
    freeze_gc()
    if feed_port:
        await listen(feed_port, make_feed_handler(app.state.gateway.hub))
    await create_server(app, app, port=port).serve()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
