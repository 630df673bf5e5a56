"""Compares short forms of the benchmarks with those of an earlier revision, in one run."""
