"""What comes in: events from the broker, what it missed from the log, withdrawn access."""
