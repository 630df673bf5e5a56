import pytest

from backbone.http.listening import PortTakenError, address, listen

pytestmark = pytest.mark.enable_socket


def test_a_taken_port_is_told_or_passed_over():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTakenError, match="--port"):
            listen("127.0.0.1", port)
        with listen("127.0.0.1", port, search=True) as second:
            assert second.getsockname()[1] > port


def test_shared_sockets_take_the_same_port():
    with listen("127.0.0.1", 0, shared=True) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port, shared=True) as second:
            assert address(second) == address(first) == f"http://127.0.0.1:{port}"
