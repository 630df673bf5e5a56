"""Kills `slipway up` again and again while orders come in."""
