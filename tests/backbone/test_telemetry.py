import io
import json
import logging

import pytest
import structlog

from backbone.telemetry import REDACTED, configure_logging


@pytest.fixture
def lines():
    """Logs as JSON into a buffer."""
    buffer = io.StringIO()
    configure_logging("relay", level="info", style="json", stream=buffer)
    return lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]


def test_an_entry_is_an_event_with_fields_and_context(lines):
    with structlog.contextvars.bound_contextvars(request_id="r1", team_id=7):
        structlog.get_logger("backbone.x").info("order_recorded", job_id=42)
    (entry,) = lines()
    assert entry["event"] == "order_recorded"
    assert (entry["job_id"], entry["team_id"], entry["request_id"]) == (42, 7, "r1")
    assert (entry["process"], entry["level"], entry["logger"]) == ("relay", "info", "backbone.x")
    assert entry["timestamp"].endswith("Z")


def test_libraries_log_in_the_same_shape(lines):
    logging.getLogger("uvicorn.error").warning("started on %s", "port 80")
    logging.getLogger("aio_pika").info("chatter")
    (entry,) = lines()
    assert (entry["event"], entry["level"]) == ("started on port 80", "warning")


def test_secrets_never_get_through(lines):
    secret = "s3cr3t-v4lue"
    log = structlog.get_logger()
    log.info("signing_in", password=secret, user="ada")
    log.info(
        "called",
        headers={"Authorization": f"Bearer {secret}", "accept": "x"},
        nested=[{"token": secret}],
    )
    log.info("connecting", url=f"amqp://guest:{secret}@broker/")
    log.info("got bearer %s", secret)
    logging.getLogger("lib").warning("url is %s", f"postgresql://u:{secret}@db/x")
    try:
        int(f"amqp://u:{secret}@h")
    except ValueError:
        log.exception("failed")
    entries = lines()
    assert len(entries) == 6
    assert secret not in json.dumps(entries)
    assert entries[0]["password"] == REDACTED
    assert entries[0]["user"] == "ada"
    assert entries[1]["headers"]["accept"] == "x"
    assert entries[2]["url"] == f"amqp://guest:{REDACTED}@broker/"
    assert "ValueError" in entries[5]["exception"]


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_shows_no_local_variable_and_no_password_of_a_url(style):
    buffer = io.StringIO()
    configure_logging("relay", level="info", style=style, stream=buffer)
    a_local_variable = "amqp://guest:s3cr3t-v4lue@broker/"
    try:
        int(a_local_variable)
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("lib").exception("failed, too")
    told = buffer.getvalue()
    assert told.count("ValueError: invalid literal") == 2
    assert "s3cr3t-v4lue" not in told


def test_the_level_is_obeyed(lines):
    structlog.get_logger().debug("too quiet")
    assert lines() == []


def test_people_get_readable_lines():
    buffer = io.StringIO()
    configure_logging("up", style="console", stream=buffer)
    structlog.get_logger().info("hello", token="s3cr3t")
    text = buffer.getvalue()
    assert "hello" in text
    assert "s3cr3t" not in text
    assert "\x1b[" not in text, "no colours into a file"
