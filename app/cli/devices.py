"""``usb``, ``share``, ``channel``, ``balloon``: what a machine gets of this computer."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from app.cli.granting import Meant, granted
from app.cli.output import Answer, say, table
from app.cli.verb import FILE, NAME, absolute, verb, verbs
from app.cli.words import CHANNELS, MIB, Seconds

if TYPE_CHECKING:
    from app.cli.work import Work
    from app.vm.api import ManagerApi
    from app.vm.records import SharedFolder

_DEVICE = click.argument("device_id", metavar="DEVICE")
_INFO = click.option("--info", default="", metavar="TEXT", help="The device's name, for people.")
_CHANNEL = click.argument("channel_name", metavar="CHANNEL")


@verb("attach", covers=["mountUSBToVm"])
@NAME
@_DEVICE
@_INFO
async def attach(work: Work, name: str, *, device_id: str, info: str) -> Answer:
    """Hand a USB device, such as 046d:c52b, to a machine."""
    from app.vm.records import UsbDevice  # noqa: PLC0415 - not for --help

    device = UsbDevice(device_id=device_id, device_info=info)
    await work.change(lambda manager: manager.mount_usb_to_vm(name, device))
    return Answer(data={"attached": device_id}, show=say(f"“{name}” has {device_id}."))


@verb("detach", covers=["unmountUSBFromVm"])
@NAME
@_DEVICE
@_INFO
async def detach(work: Work, name: str, *, device_id: str, info: str) -> Answer:
    """Take a USB device back from a machine."""
    from app.vm.records import UsbDevice  # noqa: PLC0415 - not for --help

    device = UsbDevice(device_id=device_id, device_info=info)
    await work.change(lambda manager: manager.unmount_usb_from_vm(name, device))
    return Answer(data={"detached": device_id}, show=say(f"“{name}” has no {device_id} any more."))


@verb("add", covers=["addSharedFolder"])
@NAME
@click.argument("folder", type=FILE, metavar="FOLDER")
@click.option("--read-only", is_flag=True, help="The machine may not change it.")
async def add(work: Work, name: str, *, folder: Path, read_only: bool) -> Answer:
    """Let a machine see a folder of this computer."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    path = absolute(folder)

    async def step(manager: ManagerApi) -> SharedFolder:
        async with granted(manager, path, meant=Meant.FOLDER):
            return await manager.add_shared_folder(name, path, read_only=read_only)

    shared = await work.change(step)
    return Answer(data={"share": write_value(shared)}, show=say(f"“{name}” sees {path}."))


@verb("remove", covers=["removeSharedFolder"])
@NAME
@click.argument("folder", type=FILE, metavar="FOLDER")
async def remove(work: Work, name: str, *, folder: Path) -> Answer:
    """Share a folder with a machine no longer."""
    path = absolute(folder)
    await work.change(lambda manager: manager.remove_shared_folder(name, path))
    return Answer(data={"removed": str(path)}, show=say(f"“{name}” does not see {path} any more."))


@verb("create", covers=["createChannel"])
@NAME
@_CHANNEL
@click.option(
    "--type",
    "kind",
    type=click.Choice(list(CHANNELS)),
    default="virtio",
    show_default=True,
    help="What carries it.",
)
async def create(work: Work, name: str, *, channel_name: str, kind: str) -> Answer:
    """Make a channel to programs in the machine."""
    from app.vm.devices import ChannelInfo, ChannelType  # noqa: PLC0415 - not for --help
    from app.vm.wire_types import write_value  # noqa: PLC0415

    wanted = ChannelInfo(channel_name=channel_name, channel_type=ChannelType[CHANNELS[kind]])
    made = await work.change(lambda manager: manager.create_channel(name, wanted))
    return Answer(
        data={"channel": write_value(made)}, show=say(f"The channel {channel_name} is open.")
    )


@verb("send", covers=["sendDataToVm"])
@NAME
@_CHANNEL
@click.argument("file", type=click.File("rb"), default="-")
async def send(work: Work, name: str, *, channel_name: str, file: BinaryIO) -> Answer:
    """Send the content of FILE, or of standard input, over a channel."""
    data = file.read()
    await work.change(lambda manager: manager.send_data_to_vm(name, channel_name, data))
    return Answer(data={"sent": len(data)}, show=say(f"{len(data)} bytes were sent."))


@verb("receive", covers=["recvDataFromVm"])
@NAME
@_CHANNEL
@click.option(
    "--timeout",
    "timeout_s",
    type=Seconds(0, 3600),
    default=0.0,
    metavar="S",
    help="Seconds to wait for data.",
)
async def receive(work: Work, name: str, *, channel_name: str, timeout_s: float) -> Answer:
    """Write what came over a channel to standard output. With --json in base64."""
    data = await work.change(
        lambda manager: manager.recv_data_from_vm(name, channel_name, timeout_s=timeout_s)
    )
    return Answer(
        data={"data": base64.b64encode(data).decode("ascii")},
        show=lambda _: _write(data),
    )


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@verb("requests", covers=["getFileDescriptorRequest"])
@NAME
async def requests(work: Work, name: str) -> Answer:
    """List the files that a machine has asked for in vain so far."""
    from app.vm.wire_types import write_value  # noqa: PLC0415 - not for --help

    found = await work.ask(lambda manager: manager.get_file_descriptor_request(name))
    return Answer(
        data={"requests": write_value(found)},
        show=table(
            ("ID", "FILE", "TO CHANGE IT"),
            [(one.request_id, one.path, "yes" if one.write else "no") for one in found],
            empty=f"“{name}” has asked for no files.",
        ),
    )


@verb("balloon", covers=["setVmMemoryBalloon"])
@NAME
@click.argument("memory_mib", type=MIB, metavar="MIB")
async def balloon(work: Work, name: str, *, memory_mib: int) -> Answer:
    """Let a machine get along with MIB MiB of its memory. The system in it has to help."""
    now_mib = await work.ask(lambda manager: manager.set_vm_memory_balloon(name, memory_mib))
    return Answer(data={"memorySize": now_mib}, show=say(f"“{name}” has {now_mib} MiB now."))


usb = verbs("usb", attach, detach, about="Hand USB devices of this computer to a machine.")
share = verbs("share", add, remove, about="Let a machine see folders of this computer.")
channel = verbs(
    "channel", create, send, receive, requests, about="Exchange data with programs in a machine."
)
