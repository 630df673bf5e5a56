"""Older versions of the specifications are read as the ones that contractkit works on.

A conversion changes the data of a parsed file and leaves its places: what moved has an alias.
"""
