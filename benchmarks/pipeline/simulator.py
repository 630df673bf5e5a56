"""The provider of all stacks: Slipway's simulator, whose environments run at once. Arguments: port, key."""

import sys

import uvicorn

from slipway.simulator import SimulatorConfig, create_simulator
from slipway.simulator.status_plan import INSTANT

LOGIN, PASSWORD = "bench@simulator.test", "bench"


def main(port: str, key: str) -> None:
    """Serve until told to stop."""
    config = SimulatorConfig(
        login=LOGIN, password=PASSWORD, tokens=frozenset({key}), plan=INSTANT, scripts=()
    )
    uvicorn.run(
        create_simulator(config),
        host="127.0.0.1",
        port=int(port),
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
