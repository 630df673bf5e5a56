"""The front of every HTTP process: what a connection may cost before an application sees it."""
