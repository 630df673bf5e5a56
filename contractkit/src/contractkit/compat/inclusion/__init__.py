"""Inclusion of schemas: whether every value of the one belongs to the other."""
