"""The generated TypeScript: strict compilation, and a stream that survives every kind of break."""

import subprocess
from pathlib import Path

import pytest

from testing.missing import ServiceMissing, skip_or_fail
from testing.node import compile_typescript, program

ROOT = Path(__file__).parents[2]

SCRIPT = """
import assert from 'node:assert/strict';
import http from 'node:http';
import { Client, ProblemError, listenStreamEvents, streamEvents } from './index.js';

const asked = [];
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
  const client = new Client({ baseUrl: `http://127.0.0.1:${server.address().port}`, token: () => 'secret' });
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
  server.close(); server.closeAllConnections();
});
"""


@pytest.mark.node
def test_the_client_compiles_strictly_and_its_stream_resumes(tmp_path):
    try:
        node = program("node")
        compile_typescript(ROOT / "generated/typescript", tmp_path)
    except ServiceMissing as reason:
        skip_or_fail(reason)
    (tmp_path / "script.js").write_text(SCRIPT)
    done = subprocess.run(
        [node, str(tmp_path / "script.js")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
