"""Duplex VM: install a second system from an ISO file and use it in a window of its own."""

from __future__ import annotations

__version__ = "0.1.0"
APP_ID = "io.github.duplexvm.DuplexVM"
APP_NAME = "duplex-vm"
