"""The work behind an order."""
