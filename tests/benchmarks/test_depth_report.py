"""What the benchmark of depth calls slow, growing or levelled off, and how it writes a page."""

from pathlib import Path

from benchmarks.depth import report
from benchmarks.depth.statements import COUNTS
from benchmarks.depth.week import Week, growth
from benchmarks.figures import Figure
from benchmarks.page import write_part
from benchmarks.picture import Curves, draw


def judged(name: str, *milliseconds: float) -> tuple[str, bool]:
    """Return what the table says of a statement at ever larger sizes, and whether all is well."""
    columns = {10.0**place: {name: (each, 0.1)} for place, each in enumerate(milliseconds)}
    (_, _, line), kept = report.statements("SQLite", columns)
    return line.split(" | ")[-1].removesuffix(" |"), kept


def test_a_statement_may_neither_grow_nor_be_slow() -> None:
    assert judged("head", 1.0, 1.4) == ("", True)
    assert judged("head", 1.0, 1.6) == ("grows", False)
    assert judged("head", 0.01, 0.4) == ("", True)
    assert judged("head", 5.0, 5.1) == ("slow", False)


def test_a_batch_may_grow_and_what_waits_may_be_anything() -> None:
    assert judged("jobs, completed", 0.1, 4.0) == ("a batch", True)
    assert judged("jobs, completed", 0.1, 6.0) == ("slow", False)
    assert judged(COUNTS, 0.1, 60.0) == ("what waits", True)


def test_a_week_tells_what_goes_on_growing() -> None:
    def week(events: list[int]) -> Week:
        return Week(
            rows=[{"events": each, "teams": 5} for each in events],
            megabytes=[1.0] * len(events),
            queues=[{"jobs.env.create": 0}] * len(events),
        )

    assert growth([1, 2, 3, 4, 5, 5, 5]) == 1.0
    level = [1000, 2000, 3000, 3000, 3000, 3000, 3100]
    assert report.week(week(level))[1]
    assert not report.week(week([1000 * day for day in range(1, 8)]))[1]


def test_a_goal_is_an_upper_or_a_lower_bound() -> None:
    assert Figure("c", "w", 3.0).met
    assert Figure("c", "w", 3.0).goal == ""
    assert Figure("c", "w", 3.0, 3.0).goal == "≤ 3 met"
    assert Figure("c", "w", 3.0, least=4.0).goal == "≥ 4 MISSED"


def test_a_part_of_a_page_is_replaced_and_what_stands_around_it_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nBy hand.\n")
    write_part(page, "one", ["first"], heading="One")
    write_part(page, "two", ["other"], heading="Two")
    before = page.read_text()
    write_part(page, "one", ["second"], heading="One")
    assert page.read_text() == before.replace("first", "second")
    assert before.startswith("# Page\n\nBy hand.\n\n## One\n\n<!-- one: begin -->\n\nfirst\n")


def test_curves_are_drawn_from_end_to_end() -> None:
    picture = draw([Curves("Rows", "each hour", {"events": [0, 50, 100]}, "0", "7 days")])
    assert '<polyline points="60.0,' in picture
    assert "840.0," in picture
    assert ">100<" in picture
