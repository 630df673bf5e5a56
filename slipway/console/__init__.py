"""Serves the console, a static export of `web/`, beside the API."""
