"""Does the whole life of a job eagerly, at the simulator."""

import sys

from slipway.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["smoke", "worker"]
    sys.exit(main())
