"""The guest's files: its one program, and the modules that it loads, in their order."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from pathlib import Path

# Without those that the kernel has built in; what they need is found by itself.
MODULES = (
    "virtio_pci",
    "virtio-gpu",
    "evdev",
    "xhci-pci",
    "usbhid",
    "hid-generic",
)
_TRAILER = "TRAILER!!!"


def modules(tree: Path) -> list[bytes]:
    """The modules of an unpacked kernel package, each after what it needs."""
    files = {_name(path): path for path in tree.rglob("*.ko*")}
    loaded: dict[str, bytes] = {}
    for name in MODULES:
        _load(name.replace("-", "_"), files, loaded)
    return list(loaded.values())


def _load(name: str, files: dict[str, Path], loaded: dict[str, bytes]) -> None:
    if name in loaded or name not in files:
        return
    data = files[name].read_bytes()
    if files[name].suffix == ".xz":
        data = lzma.decompress(data)
    for other in _needs(data):
        _load(other, files, loaded)
    loaded[name] = data


def _needs(module: bytes) -> list[str]:
    """Its .modinfo says `depends=a,b` (include/linux/module.h)."""
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return found[1].decode().replace("-", "_").split(",") if found else []


def _name(path: Path) -> str:
    return path.name.split(".ko")[0].replace("-", "_")


def archive(files: dict[str, bytes]) -> bytes:
    """An initial RAM file system: cpio, "newc" (Documentation/driver-api/early-userspace)."""
    return b"".join(_entries(files))


def _entries(files: dict[str, bytes]) -> Iterator[bytes]:
    folders = sorted({str(parent) for name in files for parent in Path(name).parents} - {"."})
    for folder in folders:
        yield _entry(folder, 0o040755, b"")
    for name, data in files.items():
        yield _entry(name, 0o100755, data)
    yield _entry(_TRAILER, 0, b"")


_numbers = iter(range(1, 1 << 20))


def _entry(name: str, mode: int, data: bytes) -> bytes:
    path = name.encode() + b"\0"
    fields = (next(_numbers), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + path
    return _padded(head) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
