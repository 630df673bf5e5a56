import httpx
import pytest

from slipway import demo

EVENTS = """event: sync
data: {"status": "resumed"}

id: e.2
event: message
data: {"type": "job_status", "job_id": 4, "status": "queued", "message": "m"}

"""
REST = """retry: 1
event: sync
data: {"status": "resumed"}

id: e.3
event: message
data: {"type": "job_status", "job_id": 4, "status": "completed", "message": "m"}

event: end
data: {"job_id": 4, "status": "completed"}

"""


class Origin:
    """A server that cuts the first stream short and remembers the positions that clients came with."""

    def __init__(self, **overrides):
        self.cursors = []
        self.overrides = overrides

    async def __call__(self, request):
        path = request.url.path
        if path in self.overrides.get("refuse", ()):
            return httpx.Response(403, json={"code": "permission_missing"})
        if path.endswith("/login"):
            return httpx.Response(200, json={"exchange_token": "t" * 20, "expires_at": 1})
        if path.endswith("/session-exchange"):
            return httpx.Response(
                200, json={}, headers={"Set-Cookie": "slipway_session=s1; HttpOnly"}
            )
        assert request.headers["authorization"] == "Bearer s1"
        if path.endswith("/environments"):
            return httpx.Response(
                202, json={"job_id": 4, "status": "queued", "last_event_id": "e.1"}
            )
        self.cursors.append(request.headers["last-event-id"])
        body = [EVENTS, REST][len(self.cursors) - 1]
        return httpx.Response(200, text=body, headers={"Content-Type": "text/event-stream"})


@pytest.fixture
def through(monkeypatch):
    def use(origin):
        original = httpx.AsyncClient

        def client(**arguments):
            return original(transport=httpx.MockTransport(origin), **arguments)

        monkeypatch.setattr(demo.httpx, "AsyncClient", client)
        monkeypatch.setattr(demo.asyncio, "sleep", _at_once)
        return origin

    return use


async def _at_once(seconds):
    return None


async def test_follows_the_order_through_a_cut_stream(through):
    origin = through(Origin())
    frames = []
    async with demo.signed_in("http://origin", demo.Credentials("a@b.c", "p")) as client:
        ended = await demo.order_and_follow(client, "demo-1", frames.append)
    assert ended == ("completed", "e.3")
    assert origin.cursors == ["e.1", "e.2"]
    assert [frame.id for frame in frames if frame.event == "message"] == ["e.2", "e.3"]


async def test_a_refused_step_is_named(through):
    through(Origin(refuse={"/api/v1/environments"}))
    with pytest.raises(demo.DemoError, match=r"order: HTTP 403 .*permission_missing"):
        async with demo.signed_in("http://origin", demo.Credentials("a@b.c", "p")) as client:
            await demo.order_and_follow(client, "demo-1", lambda frame: None)


async def test_watching_tells_of_every_job_from_a_position_on(through):
    origin = through(Origin())
    async with demo.signed_in("http://origin", demo.Credentials("a@b.c", "p")) as client:
        watching = demo.watch(client, "e.1")
        heard = [await anext(watching) for _ in range(2)]
        await watching.aclose()
    assert [frame.id for frame in heard] == ["e.2", "e.3"]
    assert origin.cursors == ["e.1", "e.2"]
