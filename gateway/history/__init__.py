"""What was: the event log, read for all streams."""
