"""Measuring programs; they drive real processes on this machine and print what they saw."""
