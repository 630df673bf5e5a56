"""Measures the way of an order: Slipway beside the design that it succeeds."""
