"""How fast the console is in a browser."""
