"""The generated TypeScript client: strict types, and a stream that survives every kind of break."""

import shutil
import subprocess
from pathlib import Path

import pytest

from testing.missing import ServiceMissing, skip_or_fail
from testing.node import compile_typescript, program

PACKAGE = Path(__file__).parents[2] / "generated" / "typescript"

SCRIPT = """
import assert from 'node:assert/strict';
import http from 'node:http';
import { Client, ProblemError, listenStreamEvents, streamEvents } from './index.js';

const asked = [], traces = [];
const frame = (id, data, event = 'message') =>
  `${id ? `id: ${id}\\n` : ''}event: ${event}\\ndata: ${JSON.stringify(data)}\\n\\n`;
const status = (job_id) => ({ type: 'job_status', job_id });
const answers = [
  (r) => r.end('retry: 1\\n' + frame('', { status: 'fresh', to: 'a.10' }, 'sync')),
  (r) => { r.write('id: a.11\\r\\nevent: message\\r\\ndata: {"type":"job_status",\\r');
           setTimeout(() => { r.write('\\ndata: "job_id":1}\\r\\n\\r\\n'); setTimeout(() => r.destroy(), 20); }, 20); },
  (r) => { r.statusCode = 503; r.setHeader('retry-after', '0'); r.end(); },
  (r) => r.write('retry: 1\\n: heartbeat\\n\\n'),
  (r) => r.end('retry: 1\\n' + frame('a.11', status(1)) + frame('a.12', status(2)) +
               frame('', { from: 'a.12', to: 'a.20', snapshot: { last_event_id: 'a.20', jobs: [] } }, 'lagged')),
  (r) => r.end(frame('', {}, 'unknown') + frame('a.21', status(3)) + frame('', { job_id: 3, status: 'completed' }, 'end')),
];
const server = http.createServer((request, response) => {
  traces.push(request.headers.traceparent);
  if (request.url.startsWith('/api/v1/jobs/9')) {
    response.writeHead(404, { 'content-type': 'application/problem+json' });
    return response.end(JSON.stringify({ type: 't', title: 'Not found', status: 404, code: 'not_found' }));
  }
  if (request.url.includes('team_id=204')) { response.statusCode = 204; return response.end(); }
  if (request.url.includes('team_id=403')) { response.statusCode = 403; return response.end(); }
  asked.push([request.url, request.headers['last-event-id'], request.headers.authorization]);
  response.setHeader('content-type', 'text/event-stream');
  answers[asked.length - 1](response);
}).listen(0, '127.0.0.1', async () => {
  let spans = 0;
  const client = new Client({ baseUrl: `http://127.0.0.1:${server.address().port}`, token: () => 'secret',
    propagate: (headers) => { headers.traceparent = `00-${'a'.repeat(32)}-${String(spans += 1).padStart(16, '0')}-01`; } });
  const seen = [], states = [];
  for await (const { event, id } of streamEvents(client, { jobId: 3 }, { silence: 3000, retry: 1, onState: (s) => states.push(s.state) }))
    seen.push(`${event} ${id}`);
  assert.deepEqual(seen, ['sync undefined', 'message a.11', 'message a.12', 'lagged undefined', 'message a.21', 'end undefined']);
  assert.deepEqual(asked.map(([, id]) => id), [undefined, 'a.10', 'a.11', 'a.11', 'a.11', 'a.20']);
  assert.deepEqual([...new Set(asked.map(([url, , auth]) => url + ' ' + auth))], ['/api/v1/events?job_id=3 Bearer secret']);
  assert.equal(states.at(-1), 'ended');
  await listenStreamEvents(client, { teamId: 204 }, {});
  await assert.rejects(listenStreamEvents(client, { teamId: 403 }, {}), (e) => e instanceof ProblemError && e.status === 403);
  await assert.rejects(client.getJob({ jobId: 9 }), (e) => e.code === 'not_found' && e.problem.title === 'Not found');
  // Each request, every try and every reconnect of a stream, asks the tracer.
  assert.deepEqual(traces.map((trace) => Number(trace.split('-')[2])), Array.from({ length: 9 }, (_, n) => n + 1));
  server.close(); server.closeAllConnections();
});
"""


MISBEHAVIOUR = """
import assert from 'node:assert/strict';
import http from 'node:http';
import { getEventListeners } from 'node:events';
import { Client, NotAnEventStreamError, ProblemCode, ProblemError, streamEvents } from './index.js';

const frame = (id, data, event = 'message') =>
  `${id ? `id: ${id}\\n` : ''}event: ${event}\\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\\n\\n`;
const stream = (response) => response.setHeader('content-type', 'text/event-stream; charset=utf-8');
const status = (job_id) => ({ type: 'job_status', job_id });
let answer, asked = [];
const server = http.createServer((request, response) => {
  asked.push(request);
  answer(request, response, asked.length);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = new Client({ baseUrl: `http://127.0.0.1:${server.address().port}` });
const reset = (next) => { answer = next; asked = []; };

// The page of a proxy that wants a sign-in is no stream, and asking again helps nobody.
reset((_, r) => { r.setHeader('content-type', 'text/html'); r.end('<h1>Sign in</h1>'); });
await assert.rejects(streamEvents(client).next(), (e) => e instanceof NotAnEventStreamError && e.contentType === 'text/html');
assert.equal(asked.length, 1);

// Successes that end without a frame are failures: the waits grow from the second one on, up to the longest.
reset((_, r, n) => { stream(r); r.end(n < 6 ? ': nothing\\n\\n' : 'retry: 4\\n' + frame('a.1', status(1))); });
{
  const waits = [];
  const iterator = streamEvents(client, {}, { retry: 4, longestRetry: 16, onState: (s) => s.state === 'waiting' && waits.push(s.milliseconds) });
  assert.equal((await iterator.next()).value.id, 'a.1');
  await iterator.return();
  assert.equal(waits.length, 5);
  const most = [4, 8, 16, 16, 16];
  waits.forEach((wait, n) => assert.ok(wait <= most[n] && wait >= most[n] / 2, `${n}: ${wait}`));
}

// One frame that is no JSON is reported, and the stream goes on behind it.
reset((_, r) => { stream(r); r.write(frame('a.1', '{"broken') + frame('a.2', status(2))); });
{
  const malformed = [];
  const iterator = streamEvents(client, {}, { onMalformed: (raw) => malformed.push(raw.id) });
  assert.equal((await iterator.next()).value.id, 'a.2');
  assert.deepEqual(malformed, ['a.1']);
  assert.equal(iterator.cursor, 'a.2');
  await iterator.return();
}

// Withdrawn access ends the stream at once and says so; nothing is asked again.
reset((_, r) => { stream(r); r.end(frame('', { reason: 'access_withdrawn' }, 'drain')); });
{
  const states = [];
  const seen = [];
  for await (const { event } of streamEvents(client, {}, { onState: (s) => states.push(s) })) seen.push(event);
  assert.deepEqual(seen, ['drain']);
  assert.deepEqual(states.at(-1), { state: 'ended', reason: 'access_withdrawn' });
  assert.equal(asked.length, 1);
}

// A cursor is read while listening and handed in later; `reconnect` connects anew without a wait.
reset((request, r, n) => { stream(r); r.write(frame('', { status: 'fresh', to: 'a.7' }, 'sync') + (n > 1 ? frame('a.8', status(8)) : '')); });
{
  const states = [];
  const iterator = streamEvents(client, {}, { retry: 60000, onState: (s) => states.push(s.state) });
  await iterator.next();
  assert.equal(iterator.cursor, 'a.7');
  setTimeout(() => iterator.reconnect(), 20);
  await iterator.next();
  assert.equal((await iterator.next()).value.id, 'a.8');
  assert.ok(!states.includes('waiting'));
  await iterator.return();
  assert.equal(asked[1].headers['last-event-id'], 'a.7');
  const later = streamEvents(client, { lastEventId: 'a.8' });
  await later.next();
  assert.equal(asked[2].headers['last-event-id'], 'a.8');
  await later.return();
}

// The network that is back ends a wait.
reset((_, r, n) => { stream(r); if (n > 1) r.write(frame('a.1', status(1))); else r.destroy(); });
{
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
  const online = (s) => s.state === 'waiting' && setTimeout(() => page.dispatchEvent(new Event('online')), 20);
  const iterator = streamEvents(client, {}, { retry: 60000, onState: online });
  assert.equal((await iterator.next()).value.id, 'a.1');
  await iterator.return();
  assert.equal(getEventListeners(page, 'online').length, 0);
  delete globalThis.addEventListener; delete globalThis.removeEventListener;
}

// So does a page that becomes visible, but not one that becomes hidden.
reset((_, r, n) => { stream(r); if (n > 1) r.write(frame('a.1', status(1))); else r.destroy(); });
{
  globalThis.document = Object.assign(new EventTarget(), { hidden: true });
  const changed = () => document.dispatchEvent(new Event('visibilitychange'));
  let asleep;
  const look = () => { asleep = asked.length; document.hidden = false; changed(); };
  const onState = (s) => s.state === 'waiting' && setTimeout(() => { changed(); setTimeout(look, 50); }, 20);
  const iterator = streamEvents(client, {}, { retry: 60000, onState });
  assert.equal((await iterator.next()).value.id, 'a.1');
  assert.equal(asleep, 1);
  await iterator.return();
  delete globalThis.document;
}

// What may be repeated is repeated; an order keeps its key over the tries, and a refusal is final.
const problem = (r, status, headers = {}) => {
  r.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  r.end(JSON.stringify({ type: 't', title: 'T', status, code: status === 404 ? 'not_found' : 'overloaded' }));
};
reset((request, r, n) => {
  if (n === 1) return r.destroy();
  if (n === 2) return problem(r, 503, { 'retry-after': new Date(Date.now() - 5000).toUTCString() });
  r.writeHead(202, { 'content-type': 'application/json', location: '/api/v1/jobs/1' });
  r.end('{"job_id": 1}');
});
assert.equal((await client.createEnvironment({ body: { shortdomain: 'shop' } })).body.job_id, 1);
assert.equal(asked.length, 3);
assert.equal(new Set(asked.map((request) => request.headers['idempotency-key'])).size, 1);
assert.match(asked[0].headers['idempotency-key'], /^[0-9]+(-[0-9]+){3}$/);
reset((_, r) => problem(r, 503, { 'retry-after': '3600' }));
await assert.rejects(client.getJob({ jobId: 1 }), (e) => e instanceof ProblemError && e.retryAfter === 3600);
assert.equal(asked.length, 1, 'an hour is not waited for');
reset((_, r) => problem(r, 404));
await assert.rejects(client.getJob({ jobId: 1 }), (e) => e.code === ProblemCode.not_found);
assert.equal(asked.length, 1);
reset((_, r) => problem(r, 503));
await assert.rejects(client.logout());
assert.equal(asked.length, 1, 'a POST without a key is not repeated');

// A server that says nothing is left after the time-out.
reset(() => undefined);
await assert.rejects(client.getJob({ jobId: 1 }, { timeout: 30, retries: 1 }), (e) => e.name === 'TimeoutError');
assert.equal(asked.length, 2);

// Items of all pages, asked for as they are read.
reset((request, r) => {
  const cursor = new URL(request.url, 'http://x').searchParams.get('cursor');
  r.writeHead(200, { 'content-type': 'application/json' });
  r.end(JSON.stringify(cursor ? { items: [{ id: 1 }], next_cursor: null } : { items: [{ id: 3 }, { id: 2 }], next_cursor: 'Mg' }));
});
const ids = [];
for await (const job of client.listJobsItems()) ids.push(job.id);
assert.deepEqual(ids, [3, 2, 1]);
server.close(); server.closeAllConnections();
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as the TypeScript compiler translates them, strictly checked."""
    folder = tmp_path_factory.mktemp("compiled")
    try:
        program("node")
        compile_typescript(PACKAGE, folder)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    return folder


@pytest.fixture(params=["made", "compiled"])
def modules(request: pytest.FixtureRequest, compiled: Path, tmp_path: Path) -> Path:
    """The ES modules that are generated, and those that the compiler makes of the sources."""
    source = compiled if request.param == "compiled" else PACKAGE
    for file in [*source.glob("*.js"), source / "package.json"]:
        shutil.copy(file, tmp_path)
    return tmp_path


def run(folder: Path, script: str) -> None:
    (folder / "script.mjs").write_text(script)
    command = [program("node"), str(folder / "script.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.node
def test_a_stream_resumes_after_every_kind_of_break(modules: Path) -> None:
    run(modules, SCRIPT)


@pytest.mark.node
def test_servers_that_misbehave(modules: Path) -> None:
    run(modules, MISBEHAVIOUR)
