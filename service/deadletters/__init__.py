"""Messages that could not be delivered, for platform operators."""
