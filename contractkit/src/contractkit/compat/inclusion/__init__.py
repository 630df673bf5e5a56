"""Inclusion of schemas: does every value of the one belong to the other?"""
