"""Readers turn documents into the intermediate model and refuse contradictory ones."""
