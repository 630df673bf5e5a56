"""`slipway up` killed under load: every order gets exactly one ending."""

from pathlib import Path

from testing.kill_up import kill_under_load


async def test_every_order_has_one_ending_after_kills_at_random_moments(tmp_path: Path) -> None:
    outcome = await kill_under_load(tmp_path, kills=3, clients=2, seed=20_261_126)
    assert outcome.faults == []
    assert outcome.accepted
    assert outcome.kills == 3
