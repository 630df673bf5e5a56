"""Half a surrogate pair is refused, in whichever way JSON's text holds it; whole ones pass."""

import pytest

from service.middleware.body_text import unwritable
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
