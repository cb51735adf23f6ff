"""A picture in memory that the engine shares: copied from, never mapped.

QEMU's memory is not sealed: an engine that a guest has taken over could cut it off while it is
mapped here, and the next pixel that is painted would end this program (SIGBUS). A read says "no
more" instead, and costs one copy in memory, on the reader thread.
"""

from __future__ import annotations

import fcntl
import os

from app.vm.display.framebuffer import BYTES_PER_PIXEL, Framebuffer
from app.vm.display.seam import Rect
from app.vm.stream import MAX_BUFFERS, ProtocolError

_WORTH_WHOLE_ROWS = 4
"""A rectangle of this part of the width is copied with all that stands beside it, in one call."""


class SharedPicture:
    """Owns the descriptor of a picture's memory.

    Only memory: a read of anything else, such as a pipe or a file of a slow server, could take for
    ever. Sealing is what memory alone knows (fcntl(2), F_GET_SEALS).

    Args:
        fd: of the memory; from now on ours to close.
        offset: of the first pixel, bytes.
        stride: bytes from one row to the next, at least a row's pixels.

    Raises:
        ProtocolError: it is no memory; the descriptor is closed.
    """

    def __init__(self, fd: int, offset: int, stride: int) -> None:
        self._fd, self._offset, self._stride = fd, offset, stride
        try:
            fcntl.fcntl(fd, fcntl.F_GET_SEALS)
        except OSError as err:
            os.close(fd)
            raise ProtocolError("a picture that is not in memory") from err

    def copy(self, picture: Framebuffer, rect: Rect) -> None:
        """Copy a rectangle, which is inside the picture.

        Raises:
            ProtocolError: the memory is smaller than the picture.
            OSError: it cannot be read.
        """
        if self._stride == picture.stride and rect.w * _WORTH_WHOLE_ROWS >= picture.width_px:
            self._read(picture.rows(0, rect.y, picture.width_px, rect.h), 0, rect.y)
            return
        rows = picture.rows(rect.x, rect.y, rect.w, rect.h)
        if len(rows) != rect.h:  # the full width is one buffer
            whole, length = rows[0], rect.w * BYTES_PER_PIXEL
            rows = [whole[at : at + length] for at in range(0, len(whole), length)]
        for number, row in enumerate(rows):
            self._read([row], rect.x, rect.y + number)

    def close(self) -> None:
        """Let go of the memory."""
        os.close(self._fd)

    def _read(self, buffers: list[memoryview], x: int, y: int) -> None:
        """Fill buffers that lie one behind the other in the memory, from this pixel on."""
        wanted = sum(len(buffer) for buffer in buffers[:MAX_BUFFERS])
        at = self._offset + y * self._stride + x * BYTES_PER_PIXEL
        if os.preadv(self._fd, buffers, at) != wanted:
            raise ProtocolError("shared memory that is smaller than its picture")
