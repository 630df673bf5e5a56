"""The composition root of a worker process: `celery -A worker.main worker -P threads -c 8`."""

from __future__ import annotations

from backbone.secret_keys import load_cipher
from backbone.settings import load_settings
from backbone.telemetry import configure_logging
from worker.celery_app import create_celery_app

settings = load_settings()
configure_logging("worker", level=settings.log_level, style=settings.log_format)
# Refuses to start without keys, before the first order needs them.
load_cipher(settings)
app = create_celery_app(settings)
