"""Smoke tools under the guide's names: one step of the delivery each, on a running system.

Nothing here writes into a team's log: the events that it publishes have no position, so a browser
hears of them live, and they move nothing.
"""
