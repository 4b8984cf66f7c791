"""Messages between supervisor and zygote: a length, then that many bytes, over a socket."""

import socket
import struct

LENGTH = struct.Struct("<I")
MAX_MESSAGE = 64 << 20


def send(link: socket.socket, message: bytes) -> None:
    """Send one message; raises OSError when the other side is gone or does not read in time."""
    link.sendall(LENGTH.pack(len(message)) + message)


def receive(link: socket.socket) -> bytes:
    """One message; raises EOFError when the other side is gone, OSError on a timeout."""
    (length,) = LENGTH.unpack(_exactly(link, LENGTH.size))
    if length > MAX_MESSAGE:
        raise EOFError("message too large")
    return _exactly(link, length)


def _exactly(link: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        chunk = link.recv(min(count - len(data), 1 << 20))
        if not chunk:
            raise EOFError("the other side closed the link")
        data += chunk
    return bytes(data)
