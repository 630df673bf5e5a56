"""How the statements and the processes of a full installation behave: `make bench-depth`."""
