"""`slipway service` that records no order: what the API process does without its database.

Sessions are looked up as always, at most twice a second each. Arguments: those of the service.
"""

import sys

from backbone.orders.order import QUEUED, Order, RecordedJob
from service import app as service_app
from slipway.cli import app


class StubRecorder:
    """Takes the place of the Recorder."""

    def __init__(self, engine: object) -> None:
        """Need nothing of the engine."""

    async def record(self, order: Order) -> RecordedJob:
        """Say that the order is recorded."""
        return RecordedJob(order.job_id, QUEUED, "stub.0")


if __name__ == "__main__":
    service_app.Recorder = StubRecorder  # type: ignore[assignment, misc]
    app(["service", *sys.argv[1:]])
