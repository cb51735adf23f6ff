"""A VNC server that is never the slow one: every request is answered at once with a full frame.

Run as a process of its own: `python -m tests.bench.synthetic SOCKET WIDTH HEIGHT`. It listens at
the path and at a TCP port of this computer, which it prints when both are ready. Each frame has one
colour, and neighbours differ, so that a changed pixel is a shown frame (RFC 6143).
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from contextlib import suppress

_COLOURS = 3  # few, as an engine sends its one picture again and again from a warm cache
_NOISE = 0x253B71  # odd: no two neighbours look alike
_LENGTHS = {0: 19, 3: 9, 4: 7, 5: 5}  # client's messages of fixed length, without their type


def main() -> None:
    """Serve one viewer after the other, until killed."""
    path, width_px, height_px = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    head = struct.pack("!BxHHHHHi", 0, 1, 0, 0, width_px, height_px, 0)
    frames = [
        head + struct.pack("<I", number * _NOISE & 0xFFFFFF) * (width_px * height_px)
        for number in range(1, _COLOURS + 1)
    ]
    local = socket.socket(socket.AF_UNIX)
    local.bind(path)
    inet = socket.create_server(("127.0.0.1", 0))
    local.listen()
    for server in (local, inet):
        threading.Thread(target=_accept, args=(server, width_px, height_px, frames)).start()
    print(inet.getsockname()[1], flush=True)


def _accept(server: socket.socket, width_px: int, height_px: int, frames: list[bytes]) -> None:
    while True:
        viewer, _ = server.accept()
        with viewer, suppress(EOFError, OSError):  # the viewer was closed
            _serve(viewer, width_px, height_px, frames)


def _serve(viewer: socket.socket, width_px: int, height_px: int, frames: list[bytes]) -> None:
    _shake_hands(viewer, width_px, height_px)
    sent = 0
    while True:
        kind = _read(viewer, 1)[0]
        if kind == 2:
            _read(viewer, 4 * struct.unpack("!xH", _read(viewer, 3))[0])
        elif kind == 6:
            _read(viewer, abs(struct.unpack("!3xi", _read(viewer, 7))[0]))
        else:
            _read(viewer, _LENGTHS[kind])
        if kind == 3:
            sent += 1
            viewer.sendall(frames[sent % _COLOURS])


def _shake_hands(viewer: socket.socket, width_px: int, height_px: int) -> None:
    viewer.sendall(b"RFB 003.008\n")
    _read(viewer, 12)
    viewer.sendall(b"\x01\x01")  # one security type: none
    _read(viewer, 1)
    viewer.sendall(bytes(4))
    _read(viewer, 1)
    pixels = struct.pack("!BBBBHHHBBB3x", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
    name = b"flood"
    viewer.sendall(
        struct.pack("!HH", width_px, height_px) + pixels + struct.pack("!I", len(name)) + name
    )


def _read(viewer: socket.socket, count: int) -> bytes:
    data = viewer.recv(count, socket.MSG_WAITALL) if count else b""
    if len(data) < count:
        raise EOFError
    return data


if __name__ == "__main__":
    main()
