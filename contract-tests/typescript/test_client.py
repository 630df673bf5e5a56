"""The generated TypeScript client, compiled strictly, does the main job and administration on a running stack."""

import subprocess
import uuid
from pathlib import Path

import pytest

from testing.missing import ServiceMissing, skip_or_fail
from testing.node import compile_typescript, program

PACKAGE = Path(__file__).resolve().parents[2] / "generated/typescript"

PREFACE = """
import assert from 'node:assert/strict';
import { Client, ProblemError, streamEvents } from './index.js';

const [baseUrl, email, password, ...given] = process.argv.slice(2);
// A browser keeps the cookie; here the session's value is sent as a bearer token instead.
function browser() {
  let token;
  const keep = async (input, init) => {
    const response = await fetch(input, init);
    const cookie = response.headers.get('set-cookie');
    if (cookie) token = /slipway_session=([^;]+)/.exec(cookie)?.[1] ?? token;
    return response;
  };
  return new Client({ baseUrl, token: () => token, fetch: keep });
}
async function signIn(client, email, password) {
  const login = await client.login({ body: { email, password } });
  return client.exchangeSession({ body: { exchange_token: login.exchange_token } });
}
const refused = (status, code) => (error) =>
  error instanceof ProblemError && error.status === status && (code === undefined || error.code === code);
"""

MAIN_JOB = """
const [shortdomain] = given;
const client = browser();
await assert.rejects(client.getMe(), refused(401, 'not_authenticated'));
const me = await signIn(client, email, password);
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
await assert.rejects(client.getMe(), refused(401));
"""

ADMINISTRATION = """
const [ownerEmail, invitedEmail] = given;
const first = 'a password to begin with', own = 'a password of its owner';
const operator = browser(), owner = browser(), invited = browser(), anybody = browser();

await signIn(operator, email, password);
const made = await operator.createUser({ body: { email: ownerEmail, display_name: 'Owner', password: first } });
const team = await operator.createTeam({ body: { name: 'Typed', owner_id: made.user.id } });
assert((await operator.listTeams({ limit: 100 })).items.length > 0);

assert.equal((await signIn(owner, ownerEmail, first)).role, 'owner');
await owner.changePassword({ body: { current_password: first, new_password: own } });
assert.equal((await owner.changeTeam({ teamId: team.id, body: { name: 'Typed anew' } })).name, 'Typed anew');

const invitation = await owner.createInvitation({ body: { role: 'viewer', email: invitedEmail } });
assert.equal((await owner.listInvitations()).items.length, 1);
const joined = await anybody.acceptInvitation({ body: { token: invitation.token, email: invitedEmail, password: own } });
assert.equal(joined.id, team.id);
const them = await signIn(invited, invitedEmail, own);
assert.equal(them.role, 'viewer');
await assert.rejects(invited.listMembers(), refused(403, 'permission_missing'));
assert.equal((await owner.changeMember({ userId: them.user.id, body: { role: 'admin' } })).role, 'admin');
assert.equal((await invited.listMembers()).items.length, 2);
await assert.rejects(
  invited.changeMember({ userId: them.user.id, body: { role: 'owner' } }), refused(403, 'beyond_your_rights'));

const token = await owner.createApiToken({ body: { name: 'CI', scopes: ['jobs:read'] } });
const ci = new Client({ baseUrl, token: () => token.token });
assert.deepEqual((await ci.listJobs()).items, []);
await assert.rejects(ci.listEnvironments(), refused(403, 'permission_missing'));
await owner.revokeApiToken({ tokenId: token.api_token.id });
await assert.rejects(ci.listJobs(), refused(401));

const stream = streamEvents(invited, {});
const heard = [];
const over = (async () => {
  for await (const frame of stream) {
    heard.push(frame);
    if (frame.event === 'sync') await owner.removeMember({ userId: them.user.id });
  }
})();
await over.catch(() => undefined);
const drain = heard.find((frame) => frame.event === 'drain');
assert.equal(drain?.data.reason, 'access_withdrawn');
await assert.rejects(invited.getMe(), refused(401));

const other = browser();
await signIn(other, ownerEmail, own);
assert.equal((await owner.listSessions()).items.length, 2);
assert.equal((await owner.revokeOtherSessions()).revoked, 1);
await assert.rejects(other.getMe(), refused(401));
assert.equal((await owner.listTeamAudit({})).items[0].action !== undefined, true);
assert.equal((await owner.listMyTeams()).items.length, 1);
const suspended = await operator.changeTeamStatus({ teamId: team.id, body: { status: 'SUSPENDED' } });
assert.equal(suspended.status, 'SUSPENDED');
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typescript")
    try:
        node = program("node")
        compile_typescript(PACKAGE, folder)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    return node, folder


def ran(compiled, script, *arguments):
    node, folder = compiled
    file = folder / f"{uuid.uuid4().hex}.js"
    file.write_text(PREFACE + script)
    command = [node, str(file), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.node
def test_the_typescript_client_does_the_main_job(origin, compiled):
    name = f"ts-{uuid.uuid4().hex[:10]}"
    ran(compiled, MAIN_JOB, origin.base_url, origin.email, origin.password, name)


@pytest.mark.node
def test_the_typescript_client_administers(embedded, compiled):
    operator = embedded.operator
    owner, invited = (f"{name}-{uuid.uuid4().hex[:8]}@example.com" for name in ("owner", "bob"))
    ran(
        compiled,
        ADMINISTRATION,
        operator.base_url,
        operator.email,
        operator.password,
        owner,
        invited,
    )
