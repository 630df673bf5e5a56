"""What `slipway up` makes of its settings."""

import pytest

from backbone.settings import load_settings
from slipway.stack import SHUTDOWN_RETRY_MILLISECONDS, with_shutdown_retry


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, SHUTDOWN_RETRY_MILLISECONDS),
        ({"SSE_RETRY_MILLISECONDS": "300"}, None),
        ({"SSE_SHUTDOWN_RETRY_MILLISECONDS": "400"}, 400),
    ],
)
def test_browsers_wait_for_one_process_that_starts_again_unless_told(
    told: dict[str, str], wanted: int | None
) -> None:
    settings = with_shutdown_retry(load_settings(told))
    assert settings.sse_shutdown_retry_milliseconds == wanted
