"""Where jobs wait: whose account it is, and what becomes of jobs that are read again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backbone.jobs.suspension import Suspended
from generated.models.job import JobKind
from tests.worker.provisioning.conftest import SimulatorAccount
from worker.provisioning.interruption import GiveUp
from worker.provisioning.poll_rhythm import PollRhythm
from worker.provisioning.polled_accounts import TEAM_SECONDS, PolledAccounts

NOW = 1_000.0
SESSION: Any = None


class MemoryAccounts:
    """Teams share an account where `keys` says so; `refused` have none."""

    def __init__(self, keys: dict[int, str], refused: Collection[int] = ()) -> None:
        self.keys, self.refused = keys, refused
        self.opened: list[list[int]] = []

    async def open(self, team_id: int) -> SimulatorAccount:
        return SimulatorAccount(SESSION, key=self.keys[team_id])

    async def open_many(self, team_ids: Collection[int]) -> dict[int, SimulatorAccount | GiveUp]:
        self.opened.append(sorted(team_ids))
        return {
            team_id: GiveUp("no_account", "There is none")
            if team_id in self.refused
            else await self.open(team_id)
            for team_id in team_ids
        }


def suspended(job_id: int, team_id: int, attempt: int = 1) -> Suspended:
    kind = JobKind.environment_create
    return Suspended(job_id, team_id, attempt, kind, f"shop-{job_id}", None, NOW, NOW, False)


def polled(accounts: MemoryAccounts) -> PolledAccounts:
    return PolledAccounts(accounts, PollRhythm())


async def test_teams_that_share_an_account_are_called_for_together() -> None:
    accounts = MemoryAccounts({7: "a", 8: "a", 9: "b"})
    waiting = polled(accounts)
    await waiting.add([suspended(1, 7), suspended(2, 8), suspended(3, 9)], NOW)
    assert len(waiting) == 3
    assert {each.key: sorted(each.jobs) for each in waiting.due(NOW)} == {"a": [1, 2], "b": [3]}
    assert waiting.due(NOW - 1) == []


async def test_a_team_s_account_is_opened_again_when_it_is_known_for_long() -> None:
    accounts = MemoryAccounts({7: "a"})
    waiting = polled(accounts)
    for now in (NOW, NOW + 1, NOW + TEAM_SECONDS):
        await waiting.add([suspended(1, 7)], now)
    assert accounts.opened == [[7], [7]]


async def test_a_job_whose_team_has_another_account_by_now_waits_there_only() -> None:
    accounts = MemoryAccounts({7: "a"})
    waiting = polled(accounts)
    await waiting.add([suspended(1, 7)], NOW)
    accounts.keys[7] = "b"
    await waiting.add([suspended(1, 7)], NOW + TEAM_SECONDS)
    assert [each.key for each in waiting.due(NOW + TEAM_SECONDS)] == ["b"]
    assert len(waiting) == 1


async def test_a_job_that_nobody_gets_into_the_account_for_is_not_kept() -> None:
    waiting = polled(MemoryAccounts({7: "a"}, refused=[8]))
    added = await waiting.add([suspended(1, 7), suspended(2, 8)], NOW)
    assert [(each.job.job_id, reason and reason.code) for each, reason in added] == [
        (1, None),
        (2, "no_account"),
    ]
    assert len(waiting) == 1


async def test_what_was_read_anew_is_not_forgotten_with_what_it_was() -> None:
    waiting = polled(MemoryAccounts({7: "a"}))
    [(first, _)] = await waiting.add([suspended(1, 7)], NOW)
    [(second, _)] = await waiting.add([suspended(1, 7, attempt=2)], NOW)
    waiting.forget(first)
    assert len(waiting) == 1
    waiting.forget(second)
    waiting.again(second)
    assert len(waiting) == 0


async def test_an_account_without_jobs_is_forgotten_and_one_that_is_called_is_kept() -> None:
    accounts = MemoryAccounts({7: "a"})
    waiting = polled(accounts)
    [(job, _)] = await waiting.add([suspended(1, 7)], NOW)
    [account] = waiting.due(NOW)
    account.busy = True
    waiting.forget(job)
    assert waiting.due(NOW) == []
    await waiting.add([suspended(2, 7)], NOW + 1)
    account.busy = False
    assert waiting.due(NOW + 1) == [account]
    assert accounts.opened == [[7]]
    waiting.clear()
    assert len(waiting) == 0
    assert waiting.due(NOW + 1) == []
