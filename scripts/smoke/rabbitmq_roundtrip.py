"""Sends an event through the events exchange and takes it back, without the gateway."""

import sys

from slipway.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["smoke", "rabbitmq-roundtrip"]
    sys.exit(main())
