"""What goes out: an event's frame, encoded once, and the ways of bytes to browsers."""
