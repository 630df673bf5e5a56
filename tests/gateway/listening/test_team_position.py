"""What a reading of the log must find at least: a position, and of which life."""

from gateway.listening.team_position import TeamPosition


def test_what_was_known_does_not_move_with_the_team() -> None:
    told = TeamPosition(7)
    told.position = 3
    known = told.known()
    told.position, told.life = 5, 1
    assert known == (0, 3)
    assert told.known() == (1, 5)
