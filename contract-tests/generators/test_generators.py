"""Other people's generators take the published documents, and what they make works against a live stack.

`docs/frontend.md` says which takes which document.
"""

import json

import httpx
import pytest
from generators.tools import Generated, run

from flows.orders import shortdomain
from testing.missing import ServiceMissing, skip_or_fail
from testing.node import program

OPENAPI_TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { paths } from "./openapi_typescript";
const { ORIGIN, TOKEN, NAME } = process.env as Record<string, string>;
const client = createClient<paths>({ baseUrl: ORIGIN!, headers: { Authorization: `Bearer ${TOKEN}` } });
const order = await client.POST("/api/v1/environments", { body: { shortdomain: NAME! } });
if (order.data === undefined) throw new Error(order.error.title);
const job = await client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: order.data.job_id } } });
if (job.data === undefined) throw new Error(job.error.title);
const name: string = job.data.env_name;
console.log(name);
"""
HEY = """
import { client } from "./hey/client.gen";
import { createEnvironment, streamEvents } from "./hey";
const { ORIGIN, TOKEN, NAME } = process.env as Record<string, string>;
client.setConfig({ baseUrl: ORIGIN, auth: TOKEN });
const { data: order } = await createEnvironment({ body: { shortdomain: NAME! }, throwOnError: true });
const { stream } = await streamEvents({ query: { job_id: order.job_id, last_event_id: order.last_event_id } });
for await (const event of stream) {
  // What a client gets: the data of the frames. `void` is the answer 204, which is no event.
  if (typeof event === "object" && "type" in event && event.type === "job_status" && event.status === "completed") {
    console.log(event.env_name);
    break;
  }
}
process.exit(0);
"""
ORVAL = """
import { createEnvironment, getJob } from "./orval";
const { ORIGIN, TOKEN, NAME } = process.env as Record<string, string>;
const plain = globalThis.fetch;
globalThis.fetch = (input, init) => plain(`${ORIGIN}${String(input)}`, init);
const options = { headers: { Authorization: `Bearer ${TOKEN}` } };
const order = await createEnvironment({ shortdomain: NAME! }, options);
if (order.status !== 202) throw new Error(order.data.title);
const job = await getJob(order.data.job_id, options);
if (job.status !== 200) throw new Error(job.data.title);
const name: string = job.data.env_name;
console.log(name);
"""
MODELINA = """
import { JobStatusEvent } from "./modelina/JobStatusEvent";
const event = JobStatusEvent.unmarshal(process.env["EVENT"]!);
const name: string | undefined = event.envName;
console.log(name, event.reservedStatus);
"""
PYTHON = """
import os

from python_client import AuthenticatedClient
from python_client.api.environments import create_environment
from python_client.api.jobs import get_job
from python_client.models import EnvironmentCreateRequest, Job, JobAccepted

client = AuthenticatedClient(base_url=os.environ["ORIGIN"], token=os.environ["TOKEN"])
order = create_environment.sync(client=client, body=EnvironmentCreateRequest(shortdomain=os.environ["NAME"]))
assert isinstance(order, JobAccepted), order
job = get_job.sync(order.job_id, client=client)
assert isinstance(job, Job), job
print(job.env_name)
"""
PROGRAMS = {"typescript": OPENAPI_TYPESCRIPT, "hey": HEY, "orval": ORVAL, "modelina": MODELINA}

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    try:
        made = Generated(tmp_path_factory.mktemp("generators"))
    except ServiceMissing as reason:
        skip_or_fail(reason)
    made.compile(PROGRAMS)
    return made


@pytest.mark.parametrize("generator", ["typescript", "hey", "orval"])
def test_a_client_in_typescript_orders_and_asks(
    generator: str, generated: Generated, exported
) -> None:
    name = shortdomain(generator)
    told = run(
        program("node"),
        f"out/use_{generator}.js",
        cwd=generated.folder,
        environment={**exported, "NAME": name},
    )
    assert told.split() == [name]


def test_models_in_typescript_read_a_message_under_its_own_name(
    generated: Generated, exported
) -> None:
    """The body is the same in the log of a job, on the broker and in a stream."""
    headers = {"Authorization": f"Bearer {exported['TOKEN']}"}
    with httpx.Client(
        base_url=f"{exported['ORIGIN']}/api/v1", headers=headers, timeout=60
    ) as client:
        name = shortdomain("modelina")
        order = client.post("/environments", json={"shortdomain": name}).raise_for_status().json()
        page = client.get(f"/jobs/{order['job_id']}/events").raise_for_status().json()
    event = {"EVENT": json.dumps(page["items"][0]["event"])}
    told = run(program("node"), "out/use_modelina.js", cwd=generated.folder, environment=event)
    assert told.split() == [name, "queued"]
    assert not list((generated.folder / "modelina").glob("Anonymous*"))


def test_a_client_in_python_orders_and_asks(generated: Generated, exported) -> None:
    (generated.folder / "use_python.py").write_text(PYTHON)
    name = shortdomain("opc")
    told = run(
        generated.python,
        "use_python.py",
        cwd=generated.folder,
        environment={**exported, "NAME": name},
    )
    assert told.split() == [name]
