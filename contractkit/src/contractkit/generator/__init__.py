"""Writes code from the intermediate model; refuses by name and place what it has no code for."""
