"""Hostile requests for any origin that serves the contract, and what every answer must keep."""
