"""Readers turn documents into the intermediate model and refuse what contradicts itself."""
