"""What was told last: never with a hole, never more than there is room for."""

from gateway.listening.tail import OVERHEAD, Tail, Tails
from gateway.outgoing.entry import JOB_STATUS, Entry


def entry(position: int, size: int = 0) -> Entry:
    made = Entry(JOB_STATUS, b"{}", f"e1.{position}", "polling", 1)
    if size:
        made.text = b"x" * (size - OVERHEAD)
    return made


def positions(tail: Tail) -> list[int | None]:
    return [each.position for each in tail.between(tail.floor, tail.last)]


def filled(tails: Tails, first: int, last: int, size: int = 0) -> Tail:
    tail = Tail(tails)
    tail.begin(first - 1)
    for position in range(first, last + 1):
        tail.append(entry(position, size))
    return tail


def test_it_keeps_the_last_and_knows_where_it_begins() -> None:
    tail = filled(Tails(3, 10_000), 5, 9)
    assert (tail.floor, tail.last, tail.room) == (6, 9, 0)
    assert positions(tail) == [7, 8, 9]
    assert [each.position for each in tail.between(7, 8)] == [8]
    assert list(tail.between(9, 9)) == []
    assert [tail.at(place) and tail.at(place).position for place in (6, 7, 9, 10, None)] == [
        None,
        7,
        9,
        None,
        None,
    ]


def test_behind_a_hole_it_begins_anew() -> None:
    tail = filled(Tails(5, 10_000), 1, 3)
    tail.append(entry(5))
    assert (tail.floor, positions(tail)) == (4, [5])


def test_what_the_log_has_trimmed_goes() -> None:
    tails = Tails(5, 10_000)
    tail = filled(tails, 1, 4)
    tail.trim(2)
    assert (tail.floor, positions(tail)) == (2, [3, 4])
    tail.trim(9)
    assert (tail.floor, tail.last, tails.size, tail.size) == (4, 4, 0, 0)


def test_what_was_told_before_is_put_in_front_if_it_fits_without_a_hole() -> None:
    tail = filled(Tails(4, 10_000), 6, 7)
    tail.extend([entry(3), entry(4)])
    assert tail.floor == 5, "5 is missing"
    tail.extend([entry(3), entry(4), entry(5), entry(6)])
    assert (tail.floor, positions(tail)) == (3, [4, 5, 6, 7])
    tail.extend([entry(3)])
    assert tail.floor == 3, "no room"


def test_all_together_have_a_budget_and_the_most_silent_gives_way() -> None:
    tails = Tails(10, 10 * 1_000)
    first, second = filled(tails, 1, 4, 1_000), filled(tails, 1, 4, 1_000)
    first.append(entry(5, 1_000))
    third = filled(tails, 1, 2, 1_000)
    assert (second.floor, second.size) == (4, 0), "it grew before the first"
    assert positions(first) == [1, 2, 3, 4, 5]
    assert tails.size == first.size + third.size == 7_000
    for tail in (first, third):
        tail.forget()
    assert tails.size == 0
    assert (first.floor, third.floor) == (5, 2)
