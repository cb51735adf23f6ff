"""Which Windows a Windows Imaging file holds.

The header is Microsoft's "Windows Imaging File Format" white paper; the facts used here, an XML
text in UTF-16 named by the header, are neither compressed nor encrypted, in .wim as in .esd.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from app.vm.media.facts import Architecture
from app.vm.media.image import Image, Steps
from app.vm.media.tree import Node

_MAGIC = b"MSWIM\0\0\0"
_HEADER_BYTES = 208
_XML_BYTES = 32 * 1024

# Values of PROCESSOR_ARCHITECTURE_* (winnt.h).
_ARCHITECTURES = {
    0: Architecture.I386,
    5: Architecture.ARM,
    9: Architecture.X86_64,
    12: Architecture.AARCH64,
}


@dataclass(frozen=True, slots=True)
class WindowsImage:
    """Build number and processor of the first system in the file; None for what it does not say."""

    build: int | None
    architecture: Architecture | None


def read_image(image: Image, node: Node) -> Steps[WindowsImage | None]:
    """Read the header and the beginning of the XML; None when `node` is no such file.

    Raises:
        DamagedError: the file is not wholly inside the disc image.
    """
    header = yield from node.read(image, 0, _HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        return None
    # A resource header: seven bytes of length and one of flags, then the offset.
    length_and_flags, offset = struct.unpack_from("<QQ", header, 72)
    length = length_and_flags & ((1 << 56) - 1)
    data = yield from node.read(image, offset, min(length, _XML_BYTES))
    text = data.decode("utf-16-le", "replace")
    build = _number(text, "BUILD")
    architecture = _number(text, "ARCH")
    return WindowsImage(build, None if architecture is None else _ARCHITECTURES.get(architecture))


def _number(text: str, element: str) -> int | None:
    found = re.search(rf"<{element}>([0-9]{{1,9}})</{element}>", text)
    return int(found[1]) if found else None
