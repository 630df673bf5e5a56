"""Converts documents of older versions to the versions that contractkit reads.

A conversion changes the data of a parsed file and keeps its places: moved members have an alias.
"""
