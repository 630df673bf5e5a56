"""Runs the command line as `python -m contractkit`."""

from contractkit.cli import main

if __name__ == "__main__":
    main()
