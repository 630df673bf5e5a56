"""Targets in files: what they say is used, and what they say wrongly is told."""

import http.server
import json
import threading

import pytest

from sse_conformance.errors import TargetError
from sse_conformance.target_file import load

HEAD = 'url = "http://127.0.0.1:1/{channel}"\n'


@pytest.fixture
def sink():
    """A server that keeps what is posted to it."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(204 if self.path != "/no" else 500)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()
        thread.join()


@pytest.fixture
def loaded():
    """Loads targets, and closes them in the end."""
    made = []

    def load_one(path):
        made.append(load(path))
        return made[-1]

    yield load_one
    for target in made:
        target.stop()
        target.close()


def written(tmp_path, text, name="target.toml"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_body_of_json_is_filled_and_what_is_not_given_is_left_out(tmp_path, sink, loaded):
    origin, got = sink
    target = loaded(
        written(
            tmp_path,
            f'{HEAD}[publish]\nurl = "{origin}/{{channel}}"\njson = {{text = "<{{text}}>", event = "{{event}}", kept = 1}}\n',
        )
    )
    target.publish('a "{channel}" {event}\n', channel=1)
    target.publish("b", event="update")
    assert [path for path, _, _ in got] == ["/1", "/0"]
    assert json.loads(got[0][2]) == {"text": '<a "{channel}" {event}\n>', "kept": 1}
    assert json.loads(got[1][2]) == {"text": "<b>", "event": "update", "kept": 1}


def test_a_plain_body_and_header_fields_that_are_empty_are_left_out(tmp_path, sink, loaded):
    origin, got = sink
    target = loaded(
        written(
            tmp_path,
            f'{HEAD}[publish]\nurl = "{origin}/x"\nheaders = {{"X-Event" = "{{event}}"}}\n',
        )
    )
    target.publish("Grüße\r\n")
    target.publish("", event="e")
    assert got[0][2] == "Grüße\r\n".encode()
    assert "X-Event" not in got[0][1]
    assert (got[1][1]["X-Event"], got[1][2]) == ("e", b"")


def test_a_command_gets_the_text_as_its_input(tmp_path, loaded):
    target = loaded(
        written(tmp_path, f'{HEAD}[publish]\ncommand = ["sh", "-c", "cat > out-{{channel}}"]\n')
    )
    target.publish("Grüße\n", channel=1)
    assert (tmp_path / "out-1").read_text() == "Grüße\n"


def test_a_refused_publication_is_told(tmp_path, sink, loaded):
    origin, _ = sink
    target = loaded(written(tmp_path, f'{HEAD}[publish]\nurl = "{origin}/no"\n'))
    with pytest.raises(TargetError, match="500"):
        target.publish("x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "needs url"),
        (HEAD, "needs url"),
        (HEAD + "[publish]\nurl='x'\n[capabilities]\nresume = true\n", "has no resume"),
        (HEAD + "colour = 1\n[publish]\nurl='x'\n", "has no colour"),
        ("url = ", "target.toml"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, told, loaded):
    with pytest.raises(TargetError, match=told):
        loaded(written(tmp_path, text))


def test_a_file_of_python_has_one_target(tmp_path, loaded):
    path = written(
        tmp_path, "from sse_conformance import Target\nclass A(Target):\n    name = 'a'\n", "a.py"
    )
    assert loaded(path).name == "a"
    path.write_text("from sse_conformance import Target\n")
    with pytest.raises(TargetError, match="has 0"):
        loaded(path)


def test_a_file_that_is_missing_or_something_else_is_told(tmp_path, loaded):
    with pytest.raises(TargetError, match="there is no file"):
        loaded(tmp_path / "x.toml")
    with pytest.raises(TargetError, match="neither"):
        loaded(written(tmp_path, "", "x.json"))


def test_text_is_read_out_of_json(tmp_path, loaded):
    target = loaded(written(tmp_path, f'{HEAD}[publish]\nurl="x"\n[read]\njson = "a.b"\n'))
    assert target.read("message", '{"a": {"b": "c"}}') == "c"
    assert target.read("message", '{"a": 1}') is None
    assert target.read("message", "no") is None


def test_events_of_names_to_ignore_are_no_text(tmp_path, loaded):
    target = loaded(written(tmp_path, f'{HEAD}[publish]\nurl="x"\n[read]\nignore = ["hello"]\n'))
    assert target.read("hello", "") is None
    assert target.read("message", "") == ""


def test_control_events_are_no_text(tmp_path, loaded):
    target = loaded(
        written(tmp_path, f'{HEAD}[publish]\nurl="x"\n[capabilities]\nreset = "reset"\n')
    )
    assert target.read("reset", "x") is None
    assert target.read("message", "x") == "x"


def test_a_server_that_ends_at_once_is_told_with_what_it_said(tmp_path, loaded):
    target = loaded(
        written(
            tmp_path,
            f'{HEAD}[publish]\nurl="x"\n[server]\ncommand = ["sh", "-c", "echo it is broken; exit 3"]\n',
        )
    )
    with pytest.raises(TargetError, match=r"(?s)status 3.*it is broken"):
        target.start()
