"""What provisioning needs of a hosting provider; VirtuozzoClient is the one that speaks HTTP."""

from __future__ import annotations

from typing import Protocol

from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_list import EnvironmentList
from worker.virtuozzo.environment_spec import EnvironmentSpec
from worker.virtuozzo.session import ProviderSession


class Provider(Protocol):
    """Five verbs on environments, documented at VirtuozzoClient; all raise ProviderError."""

    async def create_environment(
        self, session: ProviderSession, spec: EnvironmentSpec
    ) -> Environment:
        """Create an environment."""
        ...

    async def get_environment(self, session: ProviderSession, env_name: str) -> Environment | None:
        """Return the environment of this name, or None."""
        ...

    async def find_environment(
        self, session: ProviderSession, *, env_name: str, tag: str, scan: bool = True
    ) -> Environment | None:
        """Return the environment that carries `tag`, or None."""
        ...

    async def list_environments(self, session: ProviderSession) -> EnvironmentList:
        """Return all environments of the account."""
        ...

    async def delete_environment(self, session: ProviderSession, env_name: str) -> bool:
        """Delete an environment; False when there was none."""
        ...
