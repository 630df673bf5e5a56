"""Creates an environment: look, create, wait until it runs. Killed anywhere, it makes only one.

The creating call itself tags the environment with the job's id, so a later attempt finds what an
earlier one made, even when the answer was lost on the way.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import MISSING

from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from generated.models.job import CreateEnvironmentJobPayload, JobStatus
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt
from worker.provisioning.checkpoints import Step
from worker.provisioning.flow import Completed
from worker.provisioning.interruption import GiveUp, TryAgain
from worker.provisioning.poll_backoff import PollBackoff
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_spec import EnvironmentSpec, NodeSpec, job_tag
from worker.virtuozzo.errors import NameTakenError, PermanentProviderError
from worker.virtuozzo.provider import Provider

FRESH: Final = 0.25
"""Seconds for which a cancel request may go unseen where it costs little: undoing is possible."""

_POLLING: Final = "The provider is creating the environment"


class CreateEnvironment:
    """The flow of `environment.create`. `installation` tells this installation's tags apart."""

    def __init__(self, provider: Provider, *, installation: str) -> None:
        self._provider = provider
        self._installation = installation

    async def run(self, attempt: Attempt, account: Account) -> Completed:
        """Return when the environment runs."""
        order = CreateEnvironmentJobPayload.model_validate(attempt.job.payload)
        await attempt.check(seen_within=FRESH)
        environment = await self._find(attempt, account, order, scan=attempt.touched)
        if environment is None:
            environment = await self._create(attempt, account, order)
        attempt.touched = True
        await attempt.reach(Step.PROVIDER_ACCEPTED)
        if attempt.job.status is not JobStatus.polling:
            await attempt.report(
                Change(to=JobStatus.polling, message=_POLLING, app_id=environment.app_id)
            )
        await attempt.check(seen_within=FRESH)
        environment = await self._wait(attempt, account, environment)
        return Completed(
            message="The environment is running",
            app_id=environment.app_id,
            created=CreatedEnvironment(
                env_name=environment.env_name,
                shortdomain=order.shortdomain,
                app_id=environment.app_id,
                domain=environment.domain or None,
                display_name=environment.display_name or _known(order.display_name),
                metadata={} if order.metadata is MISSING else dict(order.metadata),
            ),
        )

    async def undo(self, attempt: Attempt, account: Account) -> None:
        """Remove the job's environment, if there is one."""
        order = CreateEnvironmentJobPayload.model_validate(attempt.job.payload)
        environment = await self._find(attempt, account, order, scan=True)
        if environment is not None:
            await self._provider.delete_environment(account.session, environment.env_name)

    async def _find(
        self, attempt: Attempt, account: Account, order: CreateEnvironmentJobPayload, *, scan: bool
    ) -> Environment | None:
        return await self._provider.find_environment(
            account.session, env_name=order.shortdomain, tag=self._tag(attempt), scan=scan
        )

    async def _create(
        self, attempt: Attempt, account: Account, order: CreateEnvironmentJobPayload
    ) -> Environment:
        spec = EnvironmentSpec(
            shortdomain=order.shortdomain,
            nodes=tuple(
                NodeSpec(
                    node_type=node.node_type,
                    count=_known(node.count) or 1,
                    fixed_cloudlets=1 if node.fixed_cloudlets is MISSING else node.fixed_cloudlets,
                    flexible_cloudlets=_known(node.flexible_cloudlets) or 8,
                )
                for node in order.nodes
            ),
            tags=(self._tag(attempt),),
            display_name=_known(order.display_name),
            region=_known(order.region) or account.region,
        )
        earlier, attempt.touched = attempt.touched, True
        try:
            return await self._provider.create_environment(account.session, spec)
        except NameTakenError:
            # Perhaps by this very job: a call that timed out may have been at work all the while.
            environment = await self._find(attempt, account, order, scan=True)
            if environment is not None:
                return environment
            attempt.touched = earlier
            raise
        except PermanentProviderError:
            attempt.touched = earlier
            raise

    async def _wait(
        self, attempt: Attempt, account: Account, environment: Environment
    ) -> Environment:
        backoff = PollBackoff(attempt)
        while not environment.status.is_ready:
            if environment.status.is_failed:
                raise GiveUp("provider_broken", "The provider could not build the environment")
            await attempt.reach(Step.POLLING)
            await backoff.wait()
            await attempt.check()
            name = environment.env_name
            with backoff.with_errors():
                seen = await self._provider.get_environment(account.session, name)
                if seen is None:
                    raise TryAgain("environment_vanished", "The environment vanished")
                environment = seen
        return environment

    def _tag(self, attempt: Attempt) -> str:
        return job_tag(attempt.job.id, installation=self._installation)


def _known(value: Any) -> Any:
    """None for what the order does not say."""
    return None if value is MISSING else value
