"""Deletes an environment and waits until it is gone. One that is gone already is no error."""

from __future__ import annotations

from typing import Final

from backbone.jobs.change import Change
from backbone.jobs.job import Job
from backbone.jobs.suspension import Suspended
from generated.models.job import DeleteEnvironmentJobPayload, JobStatus
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt
from worker.provisioning.checkpoints import Step
from worker.provisioning.flow import Completed, Waiting
from worker.provisioning.observation import GONE, NOT_LISTED, WAITING, Observation
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_list import EnvironmentList, app_id_in
from worker.virtuozzo.provider import Provider

_POLLING: Final = "The provider is removing the environment"


class DeleteEnvironment:
    """The flow of `environment.delete`. It can be cancelled until the provider was told."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    gone_when_missing = True

    async def run(self, attempt: Attempt, account: Account) -> Completed | Waiting:
        """Return when the provider removes the environment, or when it is gone already."""
        order = DeleteEnvironmentJobPayload.model_validate(attempt.job.payload)
        app_id = attempt.job.app_id
        environment = await self._find(account, order.env_name, app_id)
        if environment is not None:
            await attempt.check(cancellable=attempt.job.status is not JobStatus.polling)
            await self._provider.delete_environment(account.session, environment.env_name)
        await attempt.reach(Step.PROVIDER_ACCEPTED)
        if attempt.job.status is not JobStatus.polling:
            await attempt.report(Change(to=JobStatus.polling, message=_POLLING))
        # Most deletions are over by now.
        await attempt.reach(Step.POLLING)
        if await self._find(account, order.env_name, app_id) is not None:
            return Waiting(_POLLING)
        return self.completed(attempt.job, None)

    def seen_in(self, job: Suspended, environments: EnvironmentList) -> Observation:
        """Find the environment by its name."""
        info = environments.named(job.env_name)
        return NOT_LISTED if info is None or _is_another(job.app_id, app_id_in(info)) else WAITING

    async def look(self, job: Suspended, account: Account) -> Observation:
        """Ask for the environment alone."""
        return GONE if await self._find(account, job.env_name, job.app_id) is None else WAITING

    def completed(self, job: Job, environment: Environment | None) -> Completed:
        """Tell that it is gone."""
        del environment
        return Completed(message="The environment is gone", app_id=job.app_id)

    async def undo(self, attempt: Attempt, account: Account) -> None:
        """There is nothing to undo: before the provider was told nothing happened."""

    async def _find(
        self, account: Account, env_name: str, app_id: str | None
    ) -> Environment | None:
        """Return the environment, unless the name belongs to another one by now."""
        found = await self._provider.get_environment(account.session, env_name)
        return None if found is None or _is_another(app_id, found.app_id) else found


def _is_another(expected: str | None, app_id: str | None) -> bool:
    return bool(expected and app_id and app_id != expected)
