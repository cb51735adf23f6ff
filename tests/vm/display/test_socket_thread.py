from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from app.vm.display.socket_thread import SocketThread, ending
from app.vm.stream import ProtocolError
from tests.helpers.waiting import eventually_sync


class User:
    """Reads everything, keeps what it was told."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.read = bytearray()
        self.deadline: float | None = None
        self.dues: list[float] = []
        self.ends: list[Exception | None] = []
        self.act: Callable[[], None] | None = None
        self.thread = SocketThread(
            sock,
            name="user",
            readable=self._readable,
            deadline=lambda: self.deadline,
            due=self._due,
            ended=self.ends.append,
        )

    def _readable(self) -> None:
        if self.act is not None:
            self.act()
        data = self._sock.recv(65536, socket.MSG_DONTWAIT)
        if not data:
            raise EOFError
        self.read += data

    def _due(self, now: float) -> None:
        self.dues.append(now)
        self.deadline = None


@pytest.fixture
def pair() -> Iterator[tuple[User, socket.socket]]:
    ours, theirs = socket.socketpair()
    user = User(ours)
    yield user, theirs
    user.thread.close()
    theirs.close()
    assert not [t for t in threading.enumerate() if t.name == "user"]


def test_what_the_other_end_does_not_take_at_once_is_sent_when_it_does(pair):
    user, theirs = pair
    user.thread.start()
    data = bytes(range(256)) * 8192
    begin = time.monotonic()
    for at in range(0, len(data), 65536):
        user.thread.send(data[at : at + 65536])
    assert time.monotonic() - begin < 2
    assert user.thread.backlog
    assert theirs.recv(len(data), socket.MSG_WAITALL) == data
    eventually_sync(lambda: not user.thread.backlog)


def test_a_socket_that_takes_nothing_at_all_is_waited_for(pair):
    user, theirs = pair
    filled = 0
    with suppress(BlockingIOError):
        while True:
            filled += user._sock.send(bytes(65536), socket.MSG_DONTWAIT)
    user.thread.send(b"after that")
    assert user.thread.backlog == 10
    user.thread.start()
    assert theirs.recv(filled + 10, socket.MSG_WAITALL)[filled:] == b"after that"


def test_it_reads_while_the_other_end_does_not(pair):
    user, theirs = pair
    user.thread.start()
    user.thread.send(bytes(2_000_000))
    theirs.sendall(b"hello")
    eventually_sync(lambda: user.read == b"hello")


def test_a_deadline_that_comes_after_a_wake_is_kept(pair):
    user, _ = pair
    user.thread.start()
    user.deadline = time.monotonic() + 0.02
    user.thread.wake()
    eventually_sync(lambda: user.dues)
    assert len(user.dues) == 1


def test_the_end_of_the_other_side_is_told_once(pair):
    user, theirs = pair
    user.thread.start()
    theirs.close()
    eventually_sync(lambda: user.ends)
    user.thread.send(b"too late")
    user.thread.wake()
    user.thread.close()
    assert [type(end) for end in user.ends] == [EOFError]


def test_a_close_of_ours_is_no_failure(pair):
    user, theirs = pair
    user.thread.start()
    user.thread.send(b"bye")
    user.thread.close()
    user.thread.send(b"too late")
    assert user.ends == [None]
    assert theirs.recv(10) == b"bye"
    assert theirs.recv(10) == b""


def test_sending_to_a_peer_that_has_gone_raises_nothing(pair):
    user, theirs = pair
    theirs.close()
    user.thread.send(b"nobody there")
    assert user.thread.backlog == 0
    user.thread.start()
    eventually_sync(lambda: user.ends)


def test_it_knows_its_own_thread(pair):
    user, theirs = pair
    seen: list[bool] = []
    user.act = lambda: seen.append(user.thread.on_thread)
    user.thread.start()
    theirs.sendall(b"x")
    eventually_sync(lambda: seen)
    assert seen == [True]
    assert not user.thread.on_thread


def test_it_starts_once(pair):
    user, _ = pair
    user.thread.start()
    with pytest.raises(RuntimeError):
        user.thread.start()


def test_a_fault_of_ours_reaches_the_log_and_still_ends_the_connection(pair, monkeypatch):
    user, theirs = pair
    logged: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", logged.append)

    def fault() -> None:
        raise KeyError("a bug")

    user.act = fault
    user.thread.start()
    theirs.sendall(b"x")
    eventually_sync(lambda: logged)
    assert logged[0].exc_type is KeyError
    assert ending(user.ends[0], "display", 2).endswith("by a fault of this program.")
    assert user._sock.fileno() == -1


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (None, "The display was closed."),
        (EOFError(), "The engine ended the display's connection."),
        (ConnectionResetError(104, "reset"), "The engine ended the display's connection."),
        (TimeoutError(), "The display did not answer within 2 seconds."),
        (ProtocolError("type 9"), "The display sent something that makes no sense: type 9."),
        (OSError(12, "Cannot allocate memory"),
         "The display's connection failed: Cannot allocate memory."),
    ],
)  # fmt: skip
def test_every_end_has_its_sentence(failure, sentence):
    assert ending(failure, "display", 2.0) == sentence
