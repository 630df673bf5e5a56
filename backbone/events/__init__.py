"""The event log: what happened to each team, numbered 1..n without a gap."""
