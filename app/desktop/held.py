"""Remembers outside of this process what a machine believes to be down.

An engine never lifts a key by itself. Should this process end without a word, a key that was down
would repeat in the guest for ever; the next process that opens the machine lifts it. So each press
is noted in a small file before it is sent, and the kernel keeps that note when we are gone.
"""

from __future__ import annotations

import logging
import os
import struct
from pathlib import Path

from typing_extensions import override

from app.vm.display.seam import Button, Input

_log = logging.getLogger(__name__)

_KEY_BYTES = 32  # a bit for each number of a key, 0 to 255
_NOTE = struct.Struct(f"<Q{_KEY_BYTES}sB")  # when the machine was started, keys, buttons
_KEYS_AT = 8
_BUTTONS_AT = _KEYS_AT + _KEY_BYTES
_BUTTONS = tuple(Button)


class HeldNote:
    """What is down in one run of a machine. Of the window's thread; a call writes one byte.

    A note that cannot be kept is only a loss after a crash: failures are logged, never raised.
    """

    def __init__(self, file: Path, started_ms: int) -> None:
        """Open the note.

        Args:
            file: where it is kept; the folder is made when it is missing.
            started_ms: names the run; what was noted of another run is forgotten.
        """
        self._file = file
        self._bits = bytearray(_KEY_BYTES + 1)
        self._fd = -1
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            self._load(started_ms)
        except OSError as err:
            self._give_up(err)

    def held(self) -> tuple[list[int], list[Button]]:
        """Numbers of the keys that are down, and the buttons."""
        keys = [number for number in range(8 * _KEY_BYTES) if self._has(number)]
        buttons = [button for bit, button in enumerate(_BUTTONS) if self._has(8 * _KEY_BYTES + bit)]
        return keys, buttons

    def key(self, number: int, *, down: bool) -> None:
        """Note a key; numbers as in `app.vm.display.seam.Input`."""
        if 0 <= number < 8 * _KEY_BYTES:
            self._set(number, down=down)

    def button(self, button: Button, *, down: bool) -> None:
        """Note a button of the pointer."""
        self._set(8 * _KEY_BYTES + _BUTTONS.index(button), down=down)

    def close(self) -> None:
        """Let go of the note; without anything in it, it is removed."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        try:
            if not any(self._bits):
                self._file.unlink(missing_ok=True)
        except OSError as err:
            self._give_up(err)

    def _load(self, started_ms: int) -> None:
        content = os.pread(self._fd, _NOTE.size + 1, 0)
        if len(content) == _NOTE.size and _NOTE.unpack(content)[0] == started_ms:
            self._bits[:] = content[_KEYS_AT:]
            return
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, _NOTE.pack(started_ms, bytes(_KEY_BYTES), 0), 0)

    def _has(self, bit: int) -> bool:
        return bool(self._bits[bit // 8] >> bit % 8 & 1)

    def _set(self, bit: int, *, down: bool) -> None:
        at, mask = bit // 8, 1 << bit % 8
        self._bits[at] = self._bits[at] | mask if down else self._bits[at] & ~mask
        if self._fd < 0:
            return
        try:
            os.pwrite(self._fd, self._bits[at : at + 1], _KEYS_AT + at)
        except OSError as err:
            self._give_up(err)

    def _give_up(self, err: OSError) -> None:
        _log.warning("what is down cannot be noted in %s: %s", self._file, err)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class NotedInput(Input):
    """An input that keeps a note of what is down, and first lifts what the last process left."""

    def __init__(self, channel: Input, note: HeldNote) -> None:
        self._channel, self._note = channel, note
        keys, buttons = note.held()
        for number in keys:
            self.key(number, down=False)
        for button in buttons:
            self.button(button, down=False)

    @override
    def key(self, number: int, *, down: bool) -> None:
        if down:
            self._note.key(number, down=True)
        self._channel.key(number, down=down)
        if not down:
            self._note.key(number, down=False)

    @override
    def button(self, button: Button, *, down: bool) -> None:
        if down:
            self._note.button(button, down=True)
        self._channel.button(button, down=down)
        if not down:
            self._note.button(button, down=False)

    @override
    def move_to(self, x: float, y: float) -> None:
        self._channel.move_to(x, y)

    @override
    def move_by(self, dx: int, dy: int) -> None:
        self._channel.move_by(dx, dy)

    @override
    def wheel(self, dx: int, dy: int) -> None:
        self._channel.wheel(dx, dy)

    @override
    def close(self) -> None:
        self._channel.close()
        self._note.close()
