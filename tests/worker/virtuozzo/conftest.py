"""A client on a simulator in the same process: the real protocol, no sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from slipway.simulator import SimulatorConfig, SimulatorState, SimulatorTransport, create_simulator
from worker.virtuozzo import EnvironmentSpec, NodeSpec, ProviderSession, VirtuozzoClient, job_tag

LOGIN = "ops@example.test"
PASSWORD = "correct-horse-battery"
BASE_URL = "http://provider.test"


@pytest.fixture
def app() -> Starlette:
    return create_simulator(SimulatorConfig(login=LOGIN, password=PASSWORD), clock=lambda: 1000.0)


@pytest.fixture
def simulator(app: Starlette) -> SimulatorState:
    return app.state.simulator


@pytest.fixture
def http(app: Starlette) -> SimulatorTransport:
    return SimulatorTransport(app)


@pytest.fixture
def client(http: SimulatorTransport) -> VirtuozzoClient:
    return VirtuozzoClient(http, base_url=BASE_URL)


@pytest.fixture
def session(client: VirtuozzoClient) -> ProviderSession:
    return ProviderSession(sign_in=lambda _: client.sign_in(LOGIN, SecretStr(PASSWORD)))


@pytest.fixture
def spec() -> Callable[..., EnvironmentSpec]:
    def make(name: str = "shop-1", job_id: int = 17) -> EnvironmentSpec:
        node = NodeSpec(node_type="nginxphp", node_group="cp")
        return EnvironmentSpec(shortdomain=name, nodes=(node,), tags=(job_tag(job_id),))

    return make
