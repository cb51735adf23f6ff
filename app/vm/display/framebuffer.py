"""The memory of a picture, shared by the thread that receives and the window that paints."""

from __future__ import annotations

import mmap

BYTES_PER_PIXEL = 4
MAX_SIDE_PX = 16384
MAX_BYTES = 256 * 1024 * 1024  # 8192 x 8192; QEMU 10 stops at 5120 x 2160


class Framebuffer:
    """A picture: `height_px` rows of `width_px` pixels, top to bottom, without gaps.

    A pixel has four bytes, B G R X; X is undefined. On little-endian hosts that is
    ``QImage.Format_RGB32``.

    The memory lives as long as this object or any view of it: nobody closes the mapping. A new
    size is a new Framebuffer with a higher generation; the old one stays whole for whoever still
    paints it. The reader thread may write while another thread paints: a picture can be torn,
    never out of bounds.

    Attributes:
        width_px: 1 to `MAX_SIDE_PX`.
        height_px: 1 to `MAX_SIDE_PX`.
        generation: counts the sizes of one display, from 1.
        stride: bytes from one row to the next.
        memory: the whole picture, writable, as bytes.
    """

    __slots__ = ("generation", "height_px", "memory", "stride", "width_px")

    def __init__(self, width_px: int, height_px: int, generation: int) -> None:
        """Map fresh black memory; pages are taken from the host when they are first written.

        Raises:
            ValueError: a side is out of its range, or the whole is larger than `MAX_BYTES`.
            OSError: the host has no memory left.
        """
        sides_ok = 1 <= width_px <= MAX_SIDE_PX and 1 <= height_px <= MAX_SIDE_PX
        size = width_px * height_px * BYTES_PER_PIXEL
        if not sides_ok or size > MAX_BYTES:
            raise ValueError(f"a picture of {width_px}x{height_px} pixels")
        self.width_px, self.height_px, self.generation = width_px, height_px, generation
        self.stride = width_px * BYTES_PER_PIXEL
        self.memory = memoryview(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))

    def rows(self, x: int, y: int, w: int, h: int) -> list[memoryview]:
        """Where the pixels of a rectangle go: `h` buffers, or one when it has the full width.

        Raises:
            ValueError: the rectangle is not inside the picture.
        """
        if min(x, y, w, h) < 0 or x + w > self.width_px or y + h > self.height_px:
            raise ValueError(f"{w}x{h}+{x}+{y} outside of {self.width_px}x{self.height_px}")
        memory, stride = self.memory, self.stride
        if w == self.width_px:
            return [memory[y * stride : (y + h) * stride]]
        first, length = y * stride + x * BYTES_PER_PIXEL, w * BYTES_PER_PIXEL
        return [memory[at : at + length] for at in range(first, first + h * stride, stride)]
