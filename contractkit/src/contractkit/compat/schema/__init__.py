"""Comparison of JSON Schema (2020-12) by direction, and the proof of each verdict."""
