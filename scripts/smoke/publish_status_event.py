"""Publishes status events: --team-id 1 --job-id 2 --count 3."""

import sys

from slipway.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["smoke", "publish-status"]
    sys.exit(main())
