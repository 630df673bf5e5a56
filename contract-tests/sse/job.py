"""A job that was followed to its end."""


async def finished_job(order, open_stream):
    """A job that is over, with everything its stream told."""
    accepted = await order()
    async with open_stream(
        job_id=accepted["job_id"], last_event_id=accepted["last_event_id"]
    ) as stream:
        events = await stream.events_until("end")
    return accepted, events


def messages(events):
    return [event for event in events if event.event == "message"]
