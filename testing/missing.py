"""What to do without a service: skip and say why, but never where CI=true."""

import os
from typing import NoReturn

import pytest


class ServiceMissing(Exception):  # noqa: N818 - it is a reason to skip
    """Neither does the service answer, nor can a private one be started; the text says why."""


def skip_or_fail(reason: ServiceMissing) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true and {reason}", pytrace=False)
    pytest.skip(str(reason))
