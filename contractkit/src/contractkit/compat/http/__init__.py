"""Comparison of OpenAPI contracts: the rules H01 to H17 and E01 to E10."""
