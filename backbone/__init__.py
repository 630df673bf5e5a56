"""What every process of Slipway stands on: database, event log, outbox, relay, identity."""
