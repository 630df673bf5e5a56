"""The processes of a production installation, each alone: its composition root and its life.

A module each, because a process shall start without importing what the others are made of.
"""
