"""The HTTP service: it records and answers, and never publishes to the broker."""
