"""Which jobs wait at which provider account, and which account is a team's; refuses to call it."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Final

from backbone.jobs.suspension import Suspended
from worker.provisioning.account import Account, Accounts
from worker.provisioning.interruption import GiveUp
from worker.provisioning.poll_rhythm import PollRhythm
from worker.provisioning.polled_account import PolledAccount, WaitingJob

TEAM_SECONDS: Final = 300.0
"""For how long a team's account is taken as known."""


class PolledAccounts:
    """All that waits. Times are in epoch seconds."""

    def __init__(self, accounts: Accounts, rhythm: PollRhythm) -> None:
        self._accounts = accounts
        self._rhythm = rhythm
        self._by_key: dict[Hashable, PolledAccount] = {}
        self._by_team: dict[int, tuple[PolledAccount, float]] = {}
        self._by_job: dict[int, PolledAccount] = {}

    def __len__(self) -> int:
        """Count the jobs that wait."""
        return len(self._by_job)

    def clear(self) -> None:
        """Forget everything: another process may have polled since."""
        self._by_key, self._by_team, self._by_job = {}, {}, {}

    async def add(
        self, jobs: Collection[Suspended], now: float
    ) -> list[tuple[WaitingJob, GiveUp | None]]:
        """Take in rows: new jobs, cancelled ones, and those that are read again.

        A job of a team whose account nobody gets into comes back with the reason, and is not kept.
        """
        unknown = {job.team_id for job in jobs if not self._is_known(job.team_id, now)}
        opened = await self._accounts.open_many(unknown) if unknown else {}
        added: list[tuple[WaitingJob, GiveUp | None]] = []
        for job in jobs:
            account = self._account_of(job.team_id, opened.get(job.team_id), now)
            if isinstance(account, GiveUp):
                added.append((WaitingJob(job, now), account))
                continue
            before = self._by_job.get(job.job_id)
            if before is not None and before is not account:
                before.remove(job.job_id)
            account.add(job, now)
            self._by_job[job.job_id] = account
            added.append((account.jobs[job.job_id], None))
        return added

    def due(self, now: float) -> list[PolledAccount]:
        """Return the accounts to call, the longest due first; those without jobs are forgotten."""
        self._by_key = {
            key: account for key, account in self._by_key.items() if account.jobs or account.busy
        }
        self._by_team = {
            team_id: (account, until)
            for team_id, (account, until) in self._by_team.items()
            if account.key in self._by_key
        }
        due = [each for each in self._by_key.values() if not each.busy and each.due <= now]
        return sorted(due, key=lambda each: each.due)

    def forget(self, waiting: WaitingJob) -> None:
        """No longer wait for a job, unless its row was read anew since."""
        job_id = waiting.job.job_id
        account = self._by_job.get(job_id)
        if account is not None and account.jobs.get(job_id) is waiting:
            account.remove(job_id)
            del self._by_job[job_id]

    def again(self, waiting: WaitingJob) -> None:
        """Look again at a job whose end could not be written."""
        if (account := self._by_job.get(waiting.job.job_id)) is not None:
            account.again(waiting)

    def _is_known(self, team_id: int, now: float) -> bool:
        known = self._by_team.get(team_id)
        return known is not None and known[1] > now

    def _account_of(
        self, team_id: int, opened: Account | GiveUp | None, now: float
    ) -> PolledAccount | GiveUp:
        if opened is None:
            return self._by_team[team_id][0]
        if isinstance(opened, GiveUp):
            return opened
        account = self._by_key.get(opened.key)
        if account is None:
            account = PolledAccount(opened.key, opened, self._rhythm)
            self._by_key[opened.key] = account
        # The same credentials, but perhaps another session.
        account.account = opened
        self._by_team[team_id] = account, now + TEAM_SECONDS
        return account
