"""The stand-ins that uvicorn's cycle takes for its own parts."""

from typing import Any

from backbone.http.cycle_parts import UNTIL_CLOSED, LingeringTransport


def test_a_body_that_ends_with_its_connection_is_never_too_long_nor_too_short():
    left = UNTIL_CLOSED - 1_000_000
    assert not left < 1
    assert not left < 10**12
    # uvicorn asks so, and not by ==, whether something is missing at the end.
    missing = left != 0
    assert not missing


class FakeTransport:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False


def test_a_lingering_transport_writes_at_once_and_closes_by_its_protocol():
    transport: Any = FakeTransport()
    closed: list[bool] = []
    lingering = LingeringTransport(transport, lambda: closed.append(True))
    lingering.write(b"answer")
    assert transport.written == [b"answer"]
    assert not lingering.is_closing()
    lingering.close()
    assert closed == [True]
