"""Tests of the tests: each kind of contract test is shown a defect of its kind, and must see it."""

import copy
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from arazzo.runner import ArazzoError, check

from agreement.canonical import differences
from agreement.exported import LOSSES as EXPORT_LOSSES
from agreement.http_view import operations
from contractkit.generator.bundle import bundle
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree
from fuzzing.dead_letters import collect, read
from fuzzing.inline import inline
from fuzzing.mutations import cases
from pacts.expectations import INTEGRATOR
from pacts.test_pacts import PUBLISHERS, normal, verify_integrator
from traffic.book import Answer, Book, Published
from traffic.excuses import Excuse, complaints, read_excuses
from traffic.judge import Judge, Verdict

ROOT = Path(__file__).resolve().parents[2]
HTTP = ROOT / "contract-tests" / "http"
EVENT = {
    "type": "job_status", "job_id": 42, "team_id": 7, "status": "polling", "message": "m",
    "env_name": "shop-42", "occurred_at": 1,
}  # fmt: skip
HEALTH = Answer("GET", "/api/v1/health/live", b"", 200, {"content-type": "application/json"},
                b'{"status":"ok","checks":[]}', authorized=False)  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def contract():
    return read_contract(
        FolderTree(ROOT), openapi="specs/openapi.yaml", asyncapi="specs/asyncapi.yaml"
    )


@pytest.fixture(scope="module")
def openapi(contract):
    return bundle(contract.documents, "specs/openapi.yaml")


def published(**changed):
    event = {**EVENT, **changed.pop("event", {})}
    message = Published(
        exchange="events.topic", routing_key="team.7.job.42.status", body=json.dumps(event).encode(),
        headers={"x-event-id": "e1.4", "x-contract-version": "1.0.0"},
        content_type="application/json", type="job_status", delivery_mode=2,
    )  # fmt: skip
    return replace(message, **changed)


class TestRecorder:
    def test_what_is_right_has_no_faults(self, contract):
        stream = replace(
            HEALTH, path="/api/v1/events", headers={"content-type": "text/event-stream"}, whole=False,
            body=b'event: sync\ndata: {"status":"fresh","to":"e1.4"}\n\n',
        )  # fmt: skip
        verdict = Judge(contract).judge(Book([HEALTH, stream], [published()]))
        assert verdict.faults == []
        assert {
            "frame sync",
            "message sendJobStatus jobStatus",
            "status getLiveness 200",
        } <= verdict.seen

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"status": 418}, "answered 418, which is not documented"),
            ({"body": b'{"status":"fine","checks":[]}'}, "/status"),
            ({"body": b'{"status":"ok"}'}, "checks"),
            ({"body": b"ok"}, "no JSON"),
            ({"headers": {"content-type": "text/html"}}, "'text/html' is not documented"),
            ({"method": "GET", "path": "/api/v1/nowhere"}, "no operation"),
        ],
    )
    def test_a_wrong_answer(self, contract, changed, told):
        (fault,) = Judge(contract).judge(Book([replace(HEALTH, **changed)])).faults
        assert told in fault

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            (b'event: message\nid: e1.1\ndata: {"type":"job_status"}\n\n', "frame message data"),
            (b"event: surprise\ndata: {}\n\n", "this frame is not documented"),
            (b'event: sync\ndata: {"status":"stale","to":"e1.4"}\n\n', "frame sync data: /status"),
            (b"event: message\nid: not a position\ndata: " + json.dumps(EVENT).encode() + b"\n\n",
             "/id"),
            (b"event: sync\ndata: {", "ended within a frame"),
        ],
    )  # fmt: skip
    def test_a_wrong_frame(self, contract, body, told):
        answer = replace(
            HEALTH, path="/api/v1/events", headers={"content-type": "text/event-stream"}, body=body
        )
        assert any(told in fault for fault in Judge(contract).judge(Book([answer])).faults)

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"event": {"status": "dancing"}}, "/status"),
            ({"event": {"job_id": 43}}, "routing key"),
            ({"routing_key": "team.7.job.42.state"}, "routing key"),
            ({"type": "job_state"}, "is not described"),
            ({"headers": {"x-event-id": "e1.4"}}, "contract version"),
            ({"headers": {"x-event-id": "four", "x-contract-version": "1.0.0"}}, "/x-event-id"),
            ({"delivery_mode": 1}, "delivery mode"),
            ({"content_type": "text/plain"}, "content type"),
            ({"body": b"{"}, "can't be read"),
        ],
    )
    def test_a_wrong_event(self, contract, changed, told):
        (fault,) = Judge(contract).judge(Book(messages=[published(**changed)])).faults
        assert told in fault


class TestExcuses:
    VERDICT = Verdict({"status a 200", "status a 503"}, {"status a 200"})

    def test_nothing_to_complain(self):
        assert complaints(self.VERDICT, (Excuse("status * 503", "r"),)) == []

    def test_a_missing_excuse(self):
        assert complaints(self.VERDICT, ()) == ["unseen: status a 503"]

    def test_an_excuse_for_what_is_seen(self):
        lines = complaints(self.VERDICT, (Excuse("status a *", "r"),))
        assert lines == ["excused, but seen: status a 200 (status a *)"]

    def test_an_excuse_for_nothing(self):
        excuses = (Excuse("status a 503", "r"), Excuse("status b 503", "r"))
        assert complaints(self.VERDICT, excuses) == [
            "excused, but not in the contract: status b 503"
        ]

    def test_an_excuse_without_a_reason(self, tmp_path):
        file = tmp_path / "excuses.yaml"
        file.write_text("- unseen: [status a 503]\n")
        with pytest.raises(ValueError, match="no reason"):
            read_excuses(file)


class TestAgreement:
    @pytest.mark.parametrize(
        "change",
        [
            lambda one: one["paths"]["/api/v1/jobs"]["get"]["responses"].pop("503"),
            lambda one: one["components"]["schemas"]["JobStatus"]["enum"].remove("failed"),
            lambda one: one["components"]["schemas"]["JobId"].update(maximum=7),
            lambda one: one["components"]["schemas"]["Job"]["required"].remove("attempt"),
            lambda one: one["components"]["parameters"]["Limit"]["schema"].update(default=50),
            lambda one: one["paths"]["/api/v1/jobs"]["get"].update(security=[]),
            lambda one: one["paths"].pop("/api/v1/jobs/{job_id}/cancel"),
        ],
    )
    def test_a_stale_export(self, openapi, change):
        stale = copy.deepcopy(openapi)
        change(stale)
        assert differences(operations(openapi), operations(stale))

    def test_another_spelling_is_no_difference(self, openapi):
        other = copy.deepcopy(openapi)
        schemas = other["components"]["schemas"]
        page = schemas["JobPage"]["properties"]["next_cursor"]
        page["anyOf"] = list(reversed(page.pop("oneOf")))
        schemas["JobStatus"] = {"enum": list(reversed(schemas["JobStatus"]["enum"]))}
        schemas["Job"]["required"].reverse()
        assert differences(operations(openapi), operations(other)) == []

    def test_a_loss_that_is_lost_no_more(self):
        channel = {"bindings": {"amqp": {"is": "queue", "exchange": {"name": "events.topic"}}}}
        export = {"channels": {"c": channel}}
        loss = next(one for one in EXPORT_LOSSES if one.name == "exchange")
        assert not loss.is_lost(export)


class Silent:
    """A dead-letter queue to which nothing more comes."""

    def __init__(self, messages):
        self._messages = iter(messages)

    async def get_queue(self, name):
        return self

    def iterator(self, timeout):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return next(self._messages)
        except StopIteration:
            raise StopAsyncIteration from None


class Dead:
    message_id, body = "m-1", b"{}"

    def __init__(self, headers):
        self.headers = headers

    async def ack(self):
        return None


class TestFuzzing:
    async def test_a_lost_dead_letter(self):
        with pytest.raises(TimeoutError, match="m-2"):
            await collect(Silent([Dead({})]), "events.dead", {"m-1", "m-2"})

    def test_a_dead_letter_without_its_reason(self):
        letter = read(Dead({"x-death": []}))
        assert letter.rule.startswith("none")
        assert letter.version == ""

    def test_every_keyword_of_the_contract_has_a_violation(self, contract):
        for operation in contract.messaging.operations:
            for message in operation.messages:
                assert not cases(inline(contract.documents, message.payload)).unbroken

    def test_a_keyword_that_nothing_breaks(self):
        schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 0}},
                  "contains": {"type": "null"}}  # fmt: skip
        assert cases(schema).unbroken == {"contains at /", "minLength at /a"}

    @pytest.mark.parametrize("keyword", ["pattern", "maxLength", "minLength"])
    def test_a_consumer_that_forgot_a_keyword_is_sent_what_shows_it(self, contract, keyword):
        """Without the keyword it would take a message that the fuzzing expects to be put aside."""
        (operation,) = (
            one for one in contract.messaging.operations if one.operation_id == "receiveCreateEnvironment"
        )  # fmt: skip
        schema = inline(contract.documents, operation.messages[0].payload)
        forgot = copy.deepcopy(schema)
        del forgot["properties"]["region"][keyword]
        assert any(case.keyword == keyword for case in cases(schema).invalid)
        assert keyword not in {
            case.keyword for case in cases(forgot).invalid if case.pointer == "/region"
        }


class TestPacts:
    def test_a_changed_pact_file(self, tmp_path):
        kept = ROOT / "contract-tests" / "pacts" / INTEGRATOR
        changed = tmp_path / INTEGRATOR
        changed.write_text(kept.read_text().replace("completed|failed", "completed"))
        assert normal(changed) != normal(kept)

    @pytest.mark.parametrize(
        ("contents", "metadata"),
        [({"status": "dancing"}, {}), ({"job_id": "42"}, {}), ({}, {"routing_key": "team.7.job"})],
    )
    def test_a_provider_that_publishes_otherwise(self, contents, metadata):
        def otherwise(name=None, metadata_=None, **_):
            sent = PUBLISHERS["a job is over"]()
            body = {**json.loads(sent["contents"]), **contents}
            return {
                **sent,
                "contents": json.dumps(body).encode(),
                "metadata": sent["metadata"] | metadata,
            }

        with pytest.raises(RuntimeError):
            verify_integrator(
                {**PUBLISHERS, "a job is over": lambda name=None, metadata=None: otherwise()}
            )


class TestArazzo:
    @pytest.mark.parametrize(
        "change",
        [
            lambda steps: steps[2].update(operationId="orderEnvironment"),
            lambda steps: steps[3]["parameters"][0].update(name="id"),
            lambda steps: steps[3]["parameters"][0].update(value="$steps.order.outputs.task"),
            lambda steps: steps[0]["requestBody"]["payload"].update(email="$inputs.user"),
            lambda steps: steps[1].update(successCriteria=[]),
            lambda steps: steps.reverse(),
        ],
    )
    def test_a_workflow_that_does_not_fit(self, openapi, change):
        document = yaml.safe_load((ROOT / "specs" / "main-job.arazzo.yaml").read_text())
        change(document["workflows"][0]["steps"])
        with pytest.raises(ArazzoError):
            check(document, operations(openapi))


@contextmanager
def liar(openapi):
    """A server that promises our contract and answers every question with a health that is `fine`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            document = self.path == "/openapi.json"
            body = json.dumps(openapi).encode() if document else b'{"status":"fine","checks":[]}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_schemathesis_sees_a_wrong_response(openapi, tmp_path):
    with liar(openapi) as url:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                "--config-file", str(HTTP / "schemathesis.toml"), "run", f"{url}/openapi.json",
                "--include-operation-id", "getLiveness", "--max-examples", "2", "--no-color",
                "--phases", "coverage,fuzzing",
            ],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(HTTP),
                "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            },
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )  # fmt: skip
    assert done.returncode != 0
    assert "Response violates schema" in done.stdout, done.stdout[-2000:]
