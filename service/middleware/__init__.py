"""Pure ASGI layers around the service; each does one thing and knows nothing of the slices."""
