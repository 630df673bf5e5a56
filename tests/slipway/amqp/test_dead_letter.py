"""The x-death history, rule by rule; RabbitMQ agrees in the conformance list."""

from datetime import UTC, datetime

from slipway.amqp import properties
from slipway.amqp.dead_letter import goes_in_circles, letter


def test_the_first_death_names_its_circumstances(make_message):
    before = int(datetime.now(UTC).timestamp())
    dead = letter(
        make_message(b"x", expiration="50", headers={"own": 1}), "work", "expired", "dlx", None
    )
    headers = dead.headers()
    (death,) = headers["x-death"]
    assert int(death.pop("time").timestamp()) >= before
    assert death == {
        "reason": "expired",
        "queue": "work",
        "exchange": "",
        "routing-keys": ["q"],
        "count": 1,
        "original-expiration": "50",
    }
    assert {key: headers[key] for key in headers if key.startswith("x-first")} == {
        "x-first-death-reason": "expired",
        "x-first-death-queue": "work",
        "x-first-death-exchange": "",
    }
    assert headers["own"] == 1
    assert (dead.exchange, dead.routing_key, dead.body) == ("dlx", "q", b"x")
    assert dead.text(properties.EXPIRATION) is None
    assert dead.ttl is None


def test_the_same_death_counts_up_and_moves_to_the_front(make_message):
    dead = letter(make_message(), "work", "rejected", "dlx", "retry")
    dead = letter(dead, "retry", "expired", "", "work")
    dead = letter(dead, "work", "rejected", "dlx", "retry")
    deaths = dead.headers()["x-death"]
    assert [(d["queue"], d["reason"], d["count"]) for d in deaths] == [
        ("work", "rejected", 2),
        ("retry", "expired", 1),
    ]
    assert dead.headers()["x-first-death-queue"] == "work"
    assert dead.routing_key == "retry"


def test_another_reason_in_the_same_queue_is_another_death(make_message):
    dead = letter(letter(make_message(), "q", "expired", "", None), "q", "maxlen", "", None)
    assert [d["reason"] for d in dead.headers()["x-death"]] == ["maxlen", "expired"]


def test_a_circle_without_a_rejection_is_seen(make_message):
    dead = letter(letter(make_message(), "a", "expired", "", "b"), "b", "maxlen", "", "a")
    assert goes_in_circles(dead, "a")
    assert goes_in_circles(dead, "b")
    assert not goes_in_circles(dead, "c")
    dead = letter(letter(make_message(), "a", "expired", "", "b"), "b", "rejected", "", "a")
    assert not goes_in_circles(dead, "a")
    dead = letter(letter(make_message(), "a", "rejected", "", "b"), "b", "expired", "", "a")
    assert not goes_in_circles(dead, "a")


def test_a_forged_history_does_no_harm(make_message):
    for forged in (
        "text",
        [1, "two"],
        [{"queue": "q", "reason": "expired", "count": "many"}],
        None,
    ):
        forging = make_message(headers={"x-death": forged})
        dead = letter(forging, "q", "expired", "", None)
        assert dead.headers()["x-death"][0]["count"] == 1
