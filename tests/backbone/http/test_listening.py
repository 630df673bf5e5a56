import pytest

from backbone.http.listening import ListenError, PortTakenError, address, listen

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


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_not_ours_is_told_with_the_mend(host):
    with pytest.raises(ListenError, match=f"cannot listen on {host} port 0: .*127.0.0.1"):
        listen(host, 0)
