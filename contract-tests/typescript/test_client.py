"""The generated TypeScript client, compiled strictly, does the main job against a running stack."""

import subprocess
import uuid
from pathlib import Path

import pytest

from testing.missing import ServiceMissing, skip_or_fail
from testing.node import compile_typescript, program

PACKAGE = Path(__file__).resolve().parents[2] / "generated/typescript"

SCRIPT = """
import assert from 'node:assert/strict';
import { Client, ProblemError, streamEvents } from './index.js';

const [baseUrl, email, password, shortdomain] = process.argv.slice(2);
let token;
// A browser keeps the cookie; here the session's value is sent as a bearer token instead.
const keep = async (input, init) => {
  const response = await fetch(input, init);
  const cookie = response.headers.get('set-cookie');
  if (cookie) token = /slipway_session=([^;]+)/.exec(cookie)?.[1] ?? token;
  return response;
};
const client = new Client({ baseUrl, token: () => token, fetch: keep });

await assert.rejects(client.getMe(), (error) => error instanceof ProblemError && error.code === 'not_authenticated');
const login = await client.login({ body: { email, password } });
const me = await client.exchangeSession({ body: { exchange_token: login.exchange_token } });
assert.equal(me.user.email, email);
const { body: accepted, location } = await client.createEnvironment({ body: { shortdomain } });
assert.equal(location, `/api/v1/jobs/${accepted.job_id}`);
const statuses = [];
for await (const frame of streamEvents(client, { jobId: accepted.job_id, lastEventId: accepted.last_event_id })) {
  if (frame.event === 'message' && frame.data.type === 'job_status') statuses.push(frame.data.status);
}
assert.deepEqual(statuses, ['queued', 'started', 'polling', 'completed']);
const job = await client.getJob({ jobId: accepted.job_id });
const environment = await client.getEnvironment({ environmentId: job.environment_id });
assert.equal(environment.shortdomain, shortdomain);
await client.logout();
await assert.rejects(client.getMe(), (error) => error.status === 401);
"""


@pytest.mark.node
def test_the_typescript_client_does_the_main_job(origin, tmp_path):
    try:
        node = program("node")
        compile_typescript(PACKAGE, tmp_path)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    (tmp_path / "main-job.js").write_text(SCRIPT)
    done = subprocess.run(
        [
            node,
            str(tmp_path / "main-job.js"),
            origin.base_url,
            origin.email,
            origin.password,
            f"ts-{uuid.uuid4().hex[:10]}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
