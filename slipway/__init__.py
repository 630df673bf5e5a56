"""Slipway as one: command line, composition of all processes, stand-ins for a bare machine."""
