"""A QMP monitor for one client, in this process: greets, negotiates, answers, or does not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

GREETING = {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}}, "capabilities": []}}


class FakeMonitor:
    """Attributes: `commands`: every command after the negotiation."""

    def __init__(self, *, greets: bool = True) -> None:
        self.commands: list[dict[str, Any]] = []
        self.error: dict[str, str] | None = None
        self._greets = greets
        self._changed = threading.Condition()
        self._answering = True
        self._owed = 0
        self._sock, self.client = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="fake-qmp")
        self._thread.start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for c in self.commands for event in c["arguments"]["events"]]

    def freeze(self) -> None:
        """Go on reading, answer nothing."""
        with self._changed:
            self._answering = False

    def thaw(self) -> None:
        """Answer everything that waits, and from now on at once."""
        with self._changed:
            self._answering = True
            for _ in range(self._owed):
                self._answer()
            self._owed = 0

    def say(self, data: bytes) -> None:
        self._sock.sendall(data)

    def hang_up(self) -> None:
        self._sock.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        try:
            self.hang_up()
        except OSError:
            self._sock.close()  # the client was faster
        self._thread.join()
        self._sock.close()

    def wait_for(self, condition: Callable[[], object], timeout_s: float = 5.0) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, timeout_s), self.commands

    def _run(self) -> None:
        with suppress(OSError):  # the client has gone
            if self._greets:
                self._send(GREETING)
            with self._sock.makefile("rb") as lines:
                for line in lines:
                    self._command(json.loads(line))
        with self._changed:
            self._changed.notify_all()

    def _command(self, command: dict[str, Any]) -> None:
        with self._changed:
            if command["execute"] == "qmp_capabilities":
                self._send({"return": {}})
                return
            self.commands.append(command)
            if self._answering:
                self._answer()
            else:
                self._owed += 1
            self._changed.notify_all()

    def _answer(self) -> None:
        self._send({"error": self.error} if self.error else {"return": {}})

    def _send(self, message: dict[str, Any]) -> None:
        self._sock.sendall(json.dumps(message).encode() + b"\r\n")
