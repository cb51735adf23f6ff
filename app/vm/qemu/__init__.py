"""The QEMU engine: command line, process, monitor."""
