"""A display over D-Bus without a bus: QEMU's ``-display dbus,p2p=on``."""
