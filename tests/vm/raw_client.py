"""A client of the manager's socket that speaks bytes, so that it can say what no proper one would.

Who it is that asks is checked by the service; what it says is the test's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_LONGEST_LINE = 8 << 20


class RawClient:
    """One connection; `reader` and `writer` are asyncio's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_unix_connection(
            self._path, limit=_LONGEST_LINE
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def receive(self) -> dict[str, Any]:
        """The next message; EOFError when there is none any more."""
        line = await self.reader.readline()
        if not line:
            raise EOFError
        message = json.loads(line)
        assert isinstance(message, dict)
        return message

    def send(self, *messages: object) -> None:
        """Send bytes as they are and anything else as JSON, without a separator."""
        for message in messages:
            self.writer.write(
                message if isinstance(message, bytes) else json.dumps(message).encode()
            )

    async def ask(self, message: object) -> dict[str, Any]:
        """Send one message and take the next that comes for its answer."""
        self.send(message)
        return await self.receive()

    async def negotiate(self) -> None:
        """Take the greeting and answer it."""
        await self.receive()
        assert await self.ask({"execute": "qmp_capabilities"}) == {"return": {}}

    async def ended(self) -> bool:
        """Wait until the other side ends the connection, perhaps after some last messages."""
        with suppress(ConnectionError):
            while await self.reader.readline():
                pass
        return True


@asynccontextmanager
async def negotiated(path: Path) -> AsyncIterator[RawClient]:
    """A client that may ask."""
    async with RawClient(path) as client:
        await client.negotiate()
        yield client


def call(name: str, /, **arguments: object) -> dict[str, object]:
    """A command without an id."""
    return {"execute": name, "arguments": arguments}
