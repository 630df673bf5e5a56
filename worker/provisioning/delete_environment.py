"""Deletes an environment and waits until it is gone. One that is gone already is no error."""

from __future__ import annotations

from typing import Final

from backbone.jobs.change import Change
from generated.models.job import DeleteEnvironmentJobPayload, JobStatus
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt
from worker.provisioning.checkpoints import Step
from worker.provisioning.flow import Completed
from worker.provisioning.poll_backoff import PollBackoff
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.provider import Provider

_POLLING: Final = "The provider is removing the environment"


class DeleteEnvironment:
    """The flow of `environment.delete`. It can be cancelled until the provider was told."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def run(self, attempt: Attempt, account: Account) -> Completed:
        """Return when the environment is gone."""
        order = DeleteEnvironmentJobPayload.model_validate(attempt.job.payload)
        environment = await self._look(attempt, account, order.env_name)
        if environment is not None:
            await attempt.check(cancellable=attempt.job.status is not JobStatus.polling)
            await self._provider.delete_environment(account.session, environment.env_name)
        await attempt.reach(Step.PROVIDER_ACCEPTED)
        if attempt.job.status is not JobStatus.polling:
            await attempt.report(Change(to=JobStatus.polling, message=_POLLING))
        await self._wait(attempt, account, order.env_name)
        return Completed(message="The environment is gone", app_id=attempt.job.app_id)

    async def undo(self, attempt: Attempt, account: Account) -> None:
        """There is nothing to undo: before the provider was told nothing happened."""

    async def _wait(self, attempt: Attempt, account: Account, env_name: str) -> None:
        backoff = PollBackoff(attempt)
        gone = False
        while not gone:
            await attempt.reach(Step.POLLING)
            with backoff.with_errors():
                gone = await self._look(attempt, account, env_name) is None
            if not gone:
                await backoff.wait()
                await attempt.check(cancellable=False)

    async def _look(self, attempt: Attempt, account: Account, env_name: str) -> Environment | None:
        """Return the environment, unless the name belongs to another one by now."""
        found = await self._provider.get_environment(account.session, env_name)
        expected = attempt.job.app_id
        if found is None or (expected and found.app_id and found.app_id != expected):
            return None
        return found
