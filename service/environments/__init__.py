"""Orders for environments, and the environments themselves."""
