"""Breaks everything while clients listen, and compares what they got with the log."""
