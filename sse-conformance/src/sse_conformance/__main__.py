"""`python -m sse_conformance`."""

from sse_conformance.cli import main

main()
