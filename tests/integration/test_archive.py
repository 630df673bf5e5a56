"""`slipway archive` writes each ended job once, behind its events, on both databases."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from backbone.retention.job_archive import JobArchive
from backbone.retention.rows import ended_jobs
from backbone.retention.walk import Walk
from benchmarks.depth.plans import capturing
from slipway.archive_file import ArchiveFileError, archive_file
from slipway.cli import main
from testing.checkout import ROOT
from tests.backbone.rows import make_team
from tests.integration.old_rows import NOW, add_environment, add_events, add_job


@pytest.fixture
async def jobs(database):
    """Three jobs that are over, one of them with an environment, and two that are not to go."""
    await make_team(database, 7)
    await make_team(database, 8)
    await add_job(database, 5, ended=100)
    await add_events(database, 5, range(1, 4))
    await add_job(database, 2, "failed", ended=99)
    await add_job(database, 9, ended=98, team_id=8)
    await add_environment(database, 5)
    await add_events(database, 9, range(1, 3), team_id=8)
    await add_job(database, 3, "queued")
    await add_events(database, 3, range(4, 6))
    return database


@pytest.fixture
def environment(jobs, tmp_path):
    return {
        "SLIPWAY_HOME": str(tmp_path),
        "DATABASE_URL": jobs.url.render_as_string(hide_password=False),
        "JOBS_RETENTION_SECONDS": "1",
    }


@pytest.fixture
def archive(environment, monkeypatch, capfd):
    """Run the command in this process; gives what it wrote to standard output and told on standard error."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["slipway", "archive", *map(str, arguments)])
        with ThreadPoolExecutor(1) as other_thread:
            # It runs a loop of its own, and there is one here.
            status = other_thread.submit(main_status).result()
        out, told = capfd.readouterr()
        assert status in {0, 2}, told
        assert "Traceback" not in told
        return out, told

    return run


def main_status():
    try:
        return main()
    except SystemExit as end:
        return end.code


def read(text):
    """Each line's table, and the job that it is of."""
    lines = [json.loads(each) for each in text.splitlines()]
    names = {"events": "job_id", "job_logs": "id"}
    return [(each["table"], each["row"][names[each["table"]]]) for each in lines]


EVENT, JOB = "events", "job_logs"
EVERYTHING = [(EVENT, 5)] * 3 + [(JOB, 5), (JOB, 2)] + [(EVENT, 9)] * 2 + [(JOB, 9)]


async def test_each_ended_job_is_written_behind_its_events_and_stays(archive, environment):
    ran = subprocess.run(
        [sys.executable, "-m", "slipway", "archive"],
        cwd=ROOT,
        env={**environment, "PATH": os.environ["PATH"], "LANG": "C"},
        capture_output=True,
        check=False,
    )
    out, told = ran.stdout.decode(), ran.stderr.decode()
    assert ran.returncode == 0, told
    assert read(out) == EVERYTHING
    first, *_, last = [json.loads(each)["row"] for each in out.splitlines()]
    assert (first["position"], first["body"]) == (1, '{"message":"ü"}')
    assert last["payload"] == {"job_id": 9}
    assert "3 jobs with 5 events are written." in told
    again, _ = archive()
    assert again == out, "nothing was deleted"


async def test_only_what_is_old_enough(archive, jobs):
    await add_job(jobs, 11, ended_at=time.time() - 86_400.0 * 3)
    assert archive("--days", "4")[0].count(f'"{JOB}"') == 3
    assert archive("--days", "2")[0].count(f'"{JOB}"') == 4


async def test_standard_output_goes_on_where_it_ended(archive, jobs):
    _, told = archive()
    place = told.split("--after ")[1].strip()
    assert archive("--after", place)[0] == ""
    await add_job(jobs, 12, ended=97)
    assert read(archive("--after", place)[0]) == [(JOB, 12)]


async def test_a_file_gets_what_is_missing_however_it_was_cut_off(archive, jobs, tmp_path):
    path = tmp_path / "jobs.jsonl"
    archive("--to", path)
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert read(whole.decode()) == EVERYTHING
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with archive_file(path) as (_, place):
            assert whole.startswith(path.read_bytes())
            assert (place.id == 0) == (path.stat().st_size == 0)
    for size in (0, 700, len(whole) - 1):
        path.write_bytes(whole[:size])
        archive("--to", path)
        assert path.read_bytes() == whole
    await add_job(jobs, 12, ended=97)
    archive("--to", path)
    assert read(path.read_text()) == [*EVERYTHING, (JOB, 12)]


async def test_in_batches_nothing_is_left_out(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr("backbone.retention.walk.batch_size", lambda _: 2)
    path = tmp_path / "jobs.jsonl"
    with path.open("w") as out:
        written = JobArchive(jobs, out)
        walk = Walk(jobs, ended_jobs, before=NOW, archive=written, delete=False)
        while not walk.over:
            await walk.step()
    assert read(path.read_text()) == EVERYTHING
    assert (written.jobs, written.events) == (3, 5)


async def test_the_events_of_a_batch_are_read_by_one_statement(jobs, tmp_path):
    with (tmp_path / "jobs.jsonl").open("w") as out:
        walk = Walk(jobs, ended_jobs, before=NOW, archive=JobArchive(jobs, out), delete=False)
        async with capturing(jobs) as caught:
            await walk.step()
    of_events = [each.sql for each in caught.sent if "events.body" in each.sql]
    assert len(of_events) == 1, of_events
    assert read((tmp_path / "jobs.jsonl").read_text()) == EVERYTHING


def test_another_file_is_left_alone(tmp_path):
    path = tmp_path / "environments-2026-11.jsonl"
    path.write_text('{"table":"environments","row":{}}\n')
    with pytest.raises(ArchiveFileError, match="something else"), archive_file(path):
        pass
    assert path.read_text() == '{"table":"environments","row":{}}\n'


def test_a_file_has_one_writer(tmp_path):
    path = tmp_path / "jobs.jsonl"
    with (
        archive_file(path),
        pytest.raises(ArchiveFileError, match="another process"),
        archive_file(path),
    ):
        pass


async def test_what_cannot_be_is_said(archive, tmp_path):
    _, told = archive("--to", tmp_path / "none" / "jobs.jsonl")
    assert "slipway: cannot write" in told
    assert "no place is written so" in archive("--after", "yesterday")[1]
    assert "the file tells" in archive("--after", "1.0:1", "--to", tmp_path / "x")[1]
