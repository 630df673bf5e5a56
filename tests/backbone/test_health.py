"""The state of a process from its checks."""

import pytest

from backbone.database.engine import create_engine
from backbone.health import check_database, health
from generated.models.health import Check, CheckStatus

OK = Check(name="a", status=CheckStatus.ok)
DEGRADED = Check(name="b", status=CheckStatus.degraded)
FAILED = Check(name="c", status=CheckStatus.failed)


@pytest.mark.parametrize(
    ("checks", "status"),
    [
        ([], CheckStatus.ok),
        ([OK], CheckStatus.ok),
        ([OK, DEGRADED, OK], CheckStatus.degraded),
        ([DEGRADED, FAILED, OK], CheckStatus.failed),
    ],
)
def test_the_worst_check_decides(checks, status):
    told = health(iter(checks))
    assert told.status is status
    assert told.checks == checks


async def test_a_database_that_answers(migrated_sqlite):
    engine = create_engine(f"sqlite:///{migrated_sqlite}")
    assert (await check_database(engine, without="x")).status is CheckStatus.ok
    await engine.dispose()


@pytest.mark.enable_socket
async def test_a_database_that_does_not_says_what_that_means(unused_tcp_port):
    engine = create_engine(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing")
    check = await check_database(engine, without="nothing is published")
    assert check.status is CheckStatus.failed
    assert check.detail == "no answer; nothing is published"
    await engine.dispose()
