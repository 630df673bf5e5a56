from benchmarks.pipeline.goals import ratios, spread, verdicts


def rounds(ours: list[float], theirs: list[float], queued: float = 5.0):
    return {
        "slipway": [
            {"orders_per_second": rate, "jobs_per_second": rate, "queued_p50": queued}
            for rate in ours
        ],
        "guide": [{"orders_per_second": rate, "jobs_per_second": rate} for rate in theirs],
    }


POST = "POST rate, beside the guide's style"
JOBS = "jobs/s, beside the guide's style"
QUEUED = "202 to `queued` frame, PostgreSQL + RabbitMQ, p50"


def met(found) -> dict[str, bool | None]:
    return {verdict.text: verdict.met for verdict in verdicts(found)}


def test_ratios_are_taken_within_a_round():
    # A disturbed round slows both; dividing medians of different rounds would hide that.
    assert ratios(rounds([500, 50], [100, 10]), "orders_per_second") == [5, 5]


def test_a_goal_is_judged_by_the_median_of_its_rounds():
    def judged(rates: list[float]) -> tuple[bool | None, bool | None]:
        found = met(rounds(rates, [100, 100, 100]))
        return found[POST], found[JOBS]

    assert judged([500, 500, 10]) == (True, True)
    assert judged([499, 499, 900]) == (False, True)
    assert judged([399, 399, 900]) == (False, False)


def test_a_late_frame_misses_its_goal():
    assert met(rounds([500], [100], queued=10.0))[QUEUED] is True
    assert met(rounds([500], [100], queued=10.1))[QUEUED] is False


def test_the_api_is_judged_by_its_own_time_and_jobs_beside_tasks_that_do_nothing():
    def judged(ours: float, stub: float, jobs: float) -> list[bool | None]:
        found = met(
            {
                "slipway": [{"order_api_cpu": ours, "jobs_per_second": jobs}],
                "stub": [{"order_api_cpu": stub}],
                "noop": [{"jobs_per_second": 100.0}],
            }
        )
        return [verdict for verdict in found.values() if verdict is not None]

    assert judged(1.0, 0.9, 60.0) == [True, True]
    assert judged(1.0, 0.89, 59.0) == [False, False]


def test_what_was_left_out_is_not_measured_and_not_met():
    found = met({"slipway": rounds([500], [100])["slipway"]})
    assert {text for text, verdict in found.items() if verdict is not None} == {QUEUED}
    assert set(met({}).values()) == {None}


def test_a_spread_tells_median_and_extremes():
    assert spread([3.0, 1.0, 2.0]) == "2.0 (1.0 to 3.0)"
    assert spread([1234.5], 0) == "1,234"
    assert spread([]) == "-"
