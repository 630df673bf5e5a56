"""The environment of a test run: what names somebody's services is not for it."""

import os

from backbone.settings import Settings


def forget_settings() -> None:
    """Remove every setting of Slipway and of OpenTelemetry from this process's environment.

    Tests say which they want; a developer's own, such as `RABBITMQ_URL`, would decide some of them.
    """
    ours = {name.upper() for name in Settings.model_fields}
    for name in [name for name in os.environ if name in ours or name.startswith("OTEL_")]:
        del os.environ[name]
