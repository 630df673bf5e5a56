"""Comparison of AsyncAPI contracts: the rules A01 to A33."""
