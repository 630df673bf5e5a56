"""Orders: how a job is recorded together with its first event and its message."""
