"""Lint: finds violations in a contract and says how to mend each."""
