"""Lint: what is wrong with a contract, where, and what mends it."""
