from benchmarks.pipeline.goals import ratios, spread, verdicts


def rounds(ours: list[float], theirs: list[float], queued: float = 5.0):
    return {
        "slipway": [
            {"orders_per_second": rate, "jobs_per_second": rate, "queued_p50": queued}
            for rate in ours
        ],
        "guide": [{"orders_per_second": rate, "jobs_per_second": rate} for rate in theirs],
    }


def met(found) -> list[bool | None]:
    return [verdict.met for verdict in verdicts(found)]


def test_ratios_are_taken_within_a_round():
    # A disturbed round slows both; dividing medians of different rounds would hide that.
    assert ratios(rounds([500, 50], [100, 10]), "orders_per_second") == [5, 5]


def test_a_goal_is_judged_by_the_median_of_its_rounds():
    assert met(rounds([500, 500, 10], [100, 100, 100]))[:2] == [True, True]
    assert met(rounds([499, 499, 900], [100, 100, 100]))[:2] == [False, True]
    assert met(rounds([399, 399, 900], [100, 100, 100]))[:2] == [False, False]


def test_a_late_frame_misses_its_goal():
    assert met(rounds([500], [100], queued=10.0))[2] is True
    assert met(rounds([500], [100], queued=10.1))[2] is False


def test_what_was_left_out_is_not_measured_and_not_met():
    assert met({"slipway": rounds([500], [100])["slipway"]}) == [None, None, True, None]
    assert met({}) == [None, None, None, None]


def test_a_spread_tells_median_and_extremes():
    assert spread([3.0, 1.0, 2.0]) == "2.0 (1.0 to 3.0)"
    assert spread([1234.5], 0) == "1,234"
    assert spread([]) == "-"
