"""The team's account at the provider, as one attempt uses it. Never shows its key."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Protocol

from worker.provisioning.interruption import GiveUp
from worker.virtuozzo.session import ProviderSession


class Account(Protocol):
    """A session that signs in again by itself, and its key in encrypted form."""

    @property
    def session(self) -> ProviderSession:
        """What every call to the provider takes."""
        ...

    @property
    def key(self) -> Hashable:
        """What is equal for teams that share an account at the provider. Never leaves memory."""
        ...

    @property
    def region(self) -> str | None:
        """The hardware node group of the team's environments, if the team has one of its own."""
        ...


class Accounts(Protocol):
    """Where accounts come from."""

    async def open(self, team_id: int) -> Account:
        """Return the account of the team. Raises GiveUp when the team has none."""
        ...

    async def open_many(self, team_ids: Collection[int]) -> Mapping[int, Account | GiveUp]:
        """Return the accounts of several teams; for a team that has none, why."""
        ...
