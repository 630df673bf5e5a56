"""The relay: publishes what commits queued, in the order of each team's log."""
