"""Half a surrogate pair is refused, in whichever way JSON's text holds it; whole ones pass."""

import pytest
from starlette.exceptions import HTTPException

from service.middleware.body import BodyMiddleware, unwritable
from tests.service.world import World

HALF = '{"email": "ada@example.com", "password": "\ud800"}'


@pytest.mark.parametrize(
    "body",
    [
        b'{"email": "ada@example.com", "password": "\\ud800"}',
        b'{"email": "ada@example.com", "password": "\\uDFFF"}',
        HALF.encode("utf-8", "surrogatepass"),
        HALF.encode("utf-16", "surrogatepass"),
        HALF.encode("utf-32-le", "surrogatepass"),
    ],
)
async def test_a_text_that_no_codec_writes_is_invalid(world: World, body: bytes) -> None:
    async with world.client() as http:
        answer = await http.post(
            "/api/v1/auth/login", content=body, headers={"Content-Type": "application/json"}
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"{}", b'{"a": "\\ud83d\\ude00"}', '{"a": "é😀"}'.encode(), b"\xff\xfe", b'{"a": "\\\\ud800"}']
)  # fmt: skip
def test_any_other_body_passes(body: bytes) -> None:
    assert not unwritable(body)


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_refused_announced_or_not(announced: bool) -> None:
    read = 0

    async def app(scope, receive, send) -> None:
        while (await receive())["more_body"]:
            pass

    async def receive() -> dict:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 40, "more_body": read < 10}

    headers = [(b"content-length", b"400")] if announced else []
    with pytest.raises(HTTPException) as refused:
        await BodyMiddleware(app, max_bytes=100)(
            {"type": "http", "method": "POST", "headers": headers}, receive, None
        )
    assert refused.value.status_code == 413
    assert read == (0 if announced else 3), "no more is read than needed to know"


async def test_a_body_that_nobody_asks_for_is_not_refused() -> None:
    (answer,) = await answered([(b"content-length", b"400")], reads=0)
    assert answer["status"] == 200


async def answered(headers: list[tuple[bytes, bytes]], *, reads: int) -> list:
    """What a client is sent whose body comes in four pieces, of which an app reads so many."""

    async def app(scope, receive, send) -> None:
        for _ in range(reads):
            await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    pieces = iter([True, True, True, False])
    sent = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"{}", "more_body": next(pieces)}

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": headers}
    await BodyMiddleware(app, max_bytes=100)(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    ("headers", "reads", "closes"),
    [
        ([], 0, False),
        ([(b"content-length", b"100")], 0, False),
        ([(b"content-length", b"101")], 0, True),
        ([(b"transfer-encoding", b"chunked")], 0, True),
        ([(b"transfer-encoding", b"chunked")], 3, True),
        ([(b"transfer-encoding", b"chunked")], 4, False),
    ],
)
async def test_who_is_answered_before_a_body_without_bound_is_told_of_the_end(
    headers: list[tuple[bytes, bytes]], reads: int, *, closes: bool
) -> None:
    (answer,) = await answered(headers, reads=reads)
    assert ((b"connection", b"close") in answer["headers"]) is closes
