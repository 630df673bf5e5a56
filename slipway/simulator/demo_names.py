"""Failures that anybody can order in the demo, by how the short domain starts.

fail-quota*    createenvironment: the account's quota is used up
fail-name*     createenvironment: the name is taken
fail-spec*     createenvironment: the settings are refused
fail-broken*   created, then broken (status 11)
fail-timeout*  createenvironment never answers and creates nothing
flaky-*        the first two createenvironment calls answer HTTP 503
busy-*         the first two createenvironment calls answer that another action is in progress
lost-*         the first createenvironment creates, and the connection breaks before its answer
slow-*         4 s creating, 4 s launching, then running
stuck-*        creating for ever
"""

from __future__ import annotations

from typing import Final

from slipway.simulator.script import Do, Script
from slipway.simulator.status_plan import BREAKS, SLOW, STUCK

_CREATE: Final = "createenvironment"

DEMO_SCRIPTS: Final[tuple[Script, ...]] = (
    Script(
        do=Do.RESULT,
        method=_CREATE,
        env="fail-quota*",
        times=None,
        result=2223,
        error="Your quota of environments is exceeded",
    ),
    Script(
        do=Do.RESULT,
        method=_CREATE,
        env="fail-name*",
        times=None,
        result=2314,
        error="The domain is already in use",
    ),
    Script(
        do=Do.RESULT,
        method=_CREATE,
        env="fail-spec*",
        times=None,
        result=99,
        error="invalid value of parameter [nodes]",
    ),
    Script(do=Do.STATUS, method=_CREATE, env="fail-broken*", times=None, plan=BREAKS),
    Script(do=Do.HANG, method=_CREATE, env="fail-timeout*", times=None),
    Script(do=Do.HTTP, method=_CREATE, env="flaky-*", times=2, per_env=True, status=503),
    Script(
        do=Do.RESULT,
        method=_CREATE,
        env="busy-*",
        times=2,
        per_env=True,
        result=2212,
        error="Another action is in progress",
    ),
    Script(do=Do.CLOSE, method=_CREATE, env="lost-*", times=1, per_env=True, acts=True),
    Script(do=Do.STATUS, method=_CREATE, env="slow-*", times=None, plan=SLOW),
    Script(do=Do.STATUS, method=_CREATE, env="stuck-*", times=None, plan=STUCK),
)
