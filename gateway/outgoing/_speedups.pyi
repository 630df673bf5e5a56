from array import array
from collections.abc import Sequence

def send_all(sockets: array[int], data: bytes, /) -> Sequence[tuple[int, int]]: ...
