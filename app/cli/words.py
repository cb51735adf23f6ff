"""Words that a person may type for the API's enumerations.

They stand here once more, so that the help and the completion need not import the manager's side;
`tests/cli/test_words.py` holds them to it.
"""

from __future__ import annotations

import math
from typing import Any

import click
from typing_extensions import override

PC_MODES = ("off", "on", "automatic")
POSTURES = ("keyboard-attached", "stand", "tablet", "folded")
ANSWERS = ("ask", "once", "always", "never")
FIRMWARE = ("bios", "uefi", "stratovirt-uefi")
NETWORKS = {"nat": "MODE_NAT", "bridge": "MODE_BRIDGE"}
CHANNELS = {"usb": "TYPE_USB", "virtio": "TYPE_VIRTIO"}
HOST_PERMISSIONS = ("ohos.permission.sec.ACCESS_UDID",)
"""Those of programs on this computer; the others are a machine's."""
PLAIN_PERMISSIONS = (
    "ohos.permission.CAMERA",
    "ohos.permission.MICROPHONE",
    "clipboard-read",
    "file-request",
)
ITEM_PERMISSIONS = ("shared-folder", "usb-device")
"""Given for one folder or device at a time: ``shared-folder:/home/me/exchange``."""
EVENTS = (
    "vmStateChange",
    "vmViewStateChange",
    "vmDiskMigration",
    "vmDiskExported",
    "vmDataRecovery",
    "tabletSwitchStateChange",
    "focusStateChange",
    "pasteboardRequest",
    "fileRequest",
    "vmCreated",
    "vmChanged",
    "vmRemoved",
    "vmRenamed",
    "hostChange",
    "permissionChange",
)


class Seconds(click.FloatRange):
    """A time in seconds that comes to an end."""

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """See `click.ParamType`; no comparison refuses “nan”, and no wait for it ends."""
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


ON_OFF = click.Choice(["on", "off"])
MIB = click.IntRange(1)
PIXELS = click.IntRange(1, 16384)
