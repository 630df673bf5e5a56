"""Walks the troubleshooting table against a running system: what is wrong, and what to do."""
