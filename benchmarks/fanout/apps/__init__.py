"""The programs that run as children on the server's core."""
