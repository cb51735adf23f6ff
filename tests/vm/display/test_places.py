"""Where displays are that belong to no machine of ours."""

from __future__ import annotations

import socket

import pytest

from app.errors import ConnectionLostError, ParamError
from app.vm.display.places import QmpPlace, VncPlace, connect, vnc_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("unix:/run/a b.sock", VncPlace(path="/run/a b.sock")),
        ("localhost", VncPlace(host="localhost", port=5900)),
        ("localhost:1", VncPlace(host="localhost", port=5901)),
        ("localhost:5907", VncPlace(host="localhost", port=5907)),
        ("10.0.0.1:", VncPlace(host="10.0.0.1", port=5900)),
        ("[::1]", VncPlace(host="::1", port=5900)),
        ("[::1]:2", VncPlace(host="::1", port=5902)),
    ],
)
def test_a_place_is_read_as_every_viewer_reads_it(text, place) -> None:
    assert vnc_place(text) == place


@pytest.mark.parametrize(
    "text",
    ["", "unix:", ":5900", "::1", "a:b", "a:-1", "a:65536", "a:999999", "[::1", "[::1]5", "a:²"],
)
def test_what_is_no_place_is_refused_with_what_to_write(text) -> None:
    with pytest.raises(ParamError) as caught:
        vnc_place(text)
    assert "unix:PATH" in caught.value.remedy


def test_a_server_is_reached_over_tcp(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = VncPlace(host="127.0.0.1", port=server.getsockname()[1])
        with connect(place) as connected, server.accept()[0]:
            assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert connected.gettimeout() is None


@pytest.mark.parametrize("place", [VncPlace(path="/nowhere/vnc"), QmpPlace("/nowhere/qmp")])
def test_nobody_at_the_place_is_said_in_a_sentence(place) -> None:
    with pytest.raises(ConnectionLostError, match=f"nobody at {place}: No such file"):
        connect(place)


@pytest.mark.parametrize("path", ["x" * 200, "a\0b"])
def test_a_path_that_no_socket_can_have_is_a_place_without_anybody(path) -> None:
    with pytest.raises(ConnectionLostError):
        connect(VncPlace(path=path))
