"""A QMP server on a unix socket, in the test's own loop: answers as it is told, or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

GREETING = {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}}, "capabilities": []}}

Answer = Callable[[str, dict[str, Any]], "dict[str, Any] | None"]


def agree(command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer every command with an empty object."""
    return {"return": {}}


class QmpServer:
    """One monitor; serves one client at a time, as QEMU does.

    Attributes:
        answer: gives the reply to a command; None is silence.
        commands: what was asked, without the negotiation.
        clients: how many have come.
    """

    def __init__(self, *, greeting: bytes | None = None) -> None:
        self.answer: Answer = agree
        self.commands: list[str] = []
        self.clients = 0
        self._greeting = json.dumps(GREETING).encode() if greeting is None else greeting
        self._writers: list[asyncio.StreamWriter] = []

    def say(self, document: dict[str, Any]) -> None:
        """Send an event, or anything else, to the present client."""
        self._writers[-1].write(json.dumps(document).encode() + b"\r\n")

    def babble(self, data: bytes) -> None:
        """Send what is no message."""
        self._writers[-1].write(data)

    def event(self, name: str, **data: Any) -> None:
        """Send an event."""
        self.say({"event": name, "data": data, "timestamp": {"seconds": 1, "microseconds": 0}})

    def hang_up(self) -> None:
        """End the present connection."""
        self._writers[-1].close()

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[QmpServer]:
        """Serve on `path` inside the block."""
        server = await asyncio.start_unix_server(self._serve, path)
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.close()
            await server.wait_closed()
            _remove(path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients += 1
        self._writers.append(writer)
        writer.write(self._greeting + b"\r\n")
        try:
            async for command in _documents(reader):
                self._reply(command)
        except ConnectionError:
            return
        finally:
            writer.close()

    def _reply(self, command: dict[str, Any]) -> None:
        name = command["execute"]
        reply: dict[str, Any] | None = {"return": {}}
        if name != "qmp_capabilities":
            self.commands.append(name)
            reply = self.answer(name, command.get("arguments", {}))
        if reply is not None:
            self.say(reply | {key: command[key] for key in command if key == "id"})


async def _documents(reader: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    """QMP's messages need no line ends: a document ends where its brace does."""
    text, decoder = "", json.JSONDecoder()
    while data := await reader.read(65536):
        text += data.decode()
        while text := text.lstrip():
            try:
                document, end = decoder.raw_decode(text)
            except ValueError:  # not whole yet
                break
            text = text[end:]
            yield document


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
