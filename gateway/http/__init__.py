"""The HTTP edge: requests become streams, and the server that hands their connections over."""
