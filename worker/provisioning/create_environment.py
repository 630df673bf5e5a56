"""Creates an environment: look, create, wait until it runs. Killed anywhere, it makes only one.

The creating call itself tags the environment with the job's id, so a later attempt finds what an
earlier one made, even when the answer was lost on the way.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import MISSING

from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.suspension import Suspended
from generated.models.job import CreateEnvironmentJobPayload, JobStatus
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt
from worker.provisioning.checkpoints import Step
from worker.provisioning.flow import Completed, Waiting
from worker.provisioning.interruption import GiveUp
from worker.provisioning.observation import NOT_LISTED, WAITING, Observation, ObservedState
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_list import (
    EnvironmentList,
    app_id_in,
    environment_in,
    status_in,
)
from worker.virtuozzo.environment_spec import EnvironmentSpec, NodeSpec, job_tag
from worker.virtuozzo.environment_status import EnvironmentStatus
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

    gone_when_missing = False

    async def run(self, attempt: Attempt, account: Account) -> Completed | Waiting:
        """Return when the provider makes the environment, or when it runs already."""
        order = CreateEnvironmentJobPayload.model_validate(attempt.job.payload)
        await attempt.check(seen_within=FRESH)
        environment = await self._find(attempt, account, order, scan=attempt.touched)
        if environment is None:
            environment = await self._create(attempt, account, order)
        attempt.touched = True
        await attempt.reach(Step.PROVIDER_ACCEPTED)
        if not _is_over(environment.status):
            return Waiting(_POLLING, environment.app_id)
        if attempt.job.status is not JobStatus.polling:
            await attempt.report(
                Change(to=JobStatus.polling, message=_POLLING, app_id=environment.app_id)
            )
        _check_failed(environment.status)
        await attempt.check(seen_within=FRESH)
        return self.completed(attempt.job, environment)

    def seen_in(self, job: Suspended, environments: EnvironmentList) -> Observation:
        """Find the job's environment by its tag, whatever it is called by now.

        A platform that answers no tags is asked by name; the application's identity then decides.
        """
        info = environments.tagged(self._tag(job.job_id))
        if info is None:
            info = environments.named(job.env_name)
            if info is None or job.app_id is None or app_id_in(info) != job.app_id:
                return NOT_LISTED
        status = status_in(info)
        _check_failed(status)
        if not status.is_ready:
            return WAITING
        environment = environment_in(info)
        return WAITING if environment is None else Observation(ObservedState.REACHED, environment)

    async def look(self, job: Suspended, account: Account) -> Observation:
        """Ask for the job's environment alone; for the list when its name says nothing."""
        session, tag = account.session, self._tag(job.job_id)
        environment = await self._provider.get_environment(session, job.env_name)
        if environment is None or not _is_of(job, environment, tag):
            environments = await self._provider.list_environments(session)
            return self.seen_in(job, environments)
        _check_failed(environment.status)
        ready = environment.status.is_ready
        return Observation(ObservedState.REACHED, environment) if ready else WAITING

    def completed(self, job: Job, environment: Environment | None) -> Completed:
        """Tell of the environment that runs."""
        if environment is None:
            raise TypeError("a creation is reached with an environment")
        order = CreateEnvironmentJobPayload.model_validate(job.payload)
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
            account.session, env_name=order.shortdomain, tag=self._tag(attempt.job.id), scan=scan
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
            tags=(self._tag(attempt.job.id),),
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

    def _tag(self, job_id: int) -> str:
        return job_tag(job_id, installation=self._installation)


def _is_of(job: Suspended, environment: Environment, tag: str) -> bool:
    return environment.has_tag(tag) or (job.app_id is not None and environment.app_id == job.app_id)


def _is_over(status: EnvironmentStatus) -> bool:
    return status.is_ready or status.is_failed


def _check_failed(status: EnvironmentStatus) -> None:
    if status.is_failed:
        raise GiveUp("provider_broken", "The provider could not build the environment")


def _known(value: Any) -> Any:
    """None for what the order does not say."""
    return None if value is MISSING else value
