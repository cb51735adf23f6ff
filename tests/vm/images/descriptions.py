"""Descriptions of machines as several programs write them, for tests."""

from __future__ import annotations

from collections.abc import Sequence

MIB = 1 << 20
ENVELOPE = (
    '<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/{number}"'
    ' xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/{number}"'
    ' xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
    'CIM_ResourceAllocationSettingData"'
    ' xmlns:vmw="http://www.vmware.com/schema/ovf"'
    ' xmlns:vbox="http://www.virtualbox.org/ovf/machine">'
)


def item(kind: int, number: int, *, tag: str = "Item", extra: str = "", **fields: object) -> str:
    """A device of the hardware section."""
    values = {"InstanceID": number, "ResourceType": kind, **fields}
    inner = "".join(f"<rasd:{name}>{value}</rasd:{name}>" for name, value in values.items())
    return f"<{tag}{extra}>{inner}</{tag}>"


def cpus(count: object = 2) -> str:
    """Its processors."""
    return item(3, 1, VirtualQuantity=count)


def memory(amount: object = 512, unit: str = "byte * 2^20") -> str:
    """Its memory."""
    return item(4, 2, AllocationUnits=unit, VirtualQuantity=amount)


def disk_item(number: int, parent: int, address: int, resource: str = "") -> str:
    """A disk on a controller."""
    resource = resource or f"ovf:/disk/d{number}"
    return item(17, 20 + number, HostResource=resource, Parent=parent, AddressOnParent=address)


def described(
    *,
    files: str = '<File ovf:id="f1" ovf:href="disk1.vmdk"/>',
    disks: str = '<Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="16"'
    ' ovf:capacityAllocationUnits="byte * 2^20"/>',
    hardware: Sequence[str] = (),
    name: str = "Old machine",
    system: str = "",
    number: int = 1,
    before: str = "",
) -> bytes:
    """A whole description; `hardware` has a processor, memory and a disk unless it is given."""
    usual = (cpus(), memory(), item(20, 3, ResourceSubType="AHCI"), disk_item(1, 3, 0))
    parts = (
        f'<?xml version="1.0"?>{before}',
        ENVELOPE.format(number=number),
        f"<References>{files}</References>",
        f"<DiskSection><Info/>{disks}</DiskSection>",
        f'<VirtualSystem ovf:id="vm"><Info/><Name>{name}</Name>{system}',
        f"<VirtualHardwareSection><Info/>{''.join(hardware or usual)}</VirtualHardwareSection>",
        "</VirtualSystem></Envelope>",
    )
    return "".join(parts).encode()


def of_virtualbox() -> bytes:
    """As VirtualBox writes it: IDE and SATA, its own machine inside."""
    return described(
        files='<File ovf:id="file1" ovf:href="Win 10-disk001.vmdk"/>'
        '<File ovf:id="file2" ovf:href="Win 10-disk002.vmdk"/>',
        disks='<Disk ovf:capacity="17179869184" ovf:diskId="vmdisk1" ovf:fileRef="file1"'
        ' vbox:uuid="00000000-0000-0000-0000-000000000001"/>'
        '<Disk ovf:capacity="33554432" ovf:diskId="vmdisk2" ovf:fileRef="file2"/>',
        hardware=(
            item(3, 1, VirtualQuantity=4),
            item(4, 2, AllocationUnits="MegaBytes", VirtualQuantity=4096),
            item(5, 3, ResourceSubType="PIIX4", Address=0),
            item(5, 4, ResourceSubType="PIIX4", Address=1),
            item(20, 5, ResourceSubType="AHCI", Address=0),
            item(10, 6, ResourceSubType="E1000", Connection="NAT"),
            item(17, 8, HostResource="/disk/vmdisk2", Parent=5, AddressOnParent=1),
            item(17, 7, HostResource="/disk/vmdisk1", Parent=5, AddressOnParent=0),
            item(15, 9, Parent=3, AddressOnParent=0),
        ),
        name="Win 10",
        system='<OperatingSystemSection ovf:id="121"><Info/><Description>Windows10_64'
        "</Description><vbox:OSType>Windows10_64</vbox:OSType></OperatingSystemSection>"
        '<vbox:Machine ovf:required="false"><Hardware><CPU count="4"/>'
        '<Firmware type="EFI"/></Hardware></vbox:Machine>',
    )


def of_vmware() -> bytes:
    """As VMware writes it: SCSI, percent signs in names, settings beside the items."""
    return described(
        files='<File ovf:href="my%20server-disk1.vmdk" ovf:id="file1" ovf:size="4096"/>'
        '<File ovf:href="my%20server-1.nvram" ovf:id="file2" ovf:size="12"/>',
        disks='<Disk ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^30"'
        ' ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:populatedSize="123"/>',
        hardware=(
            item(3, 1, AllocationUnits="hertz * 10^6", VirtualQuantity=2),
            item(4, 2, AllocationUnits="byte * 2^20", VirtualQuantity=8192),
            item(6, 3, ResourceSubType="VirtualSCSI", Address=0),
            item(17, 6, HostResource="ovf:/disk/vmdisk1", Parent=3, AddressOnParent=0),
            item(10, 7, ResourceSubType="VmxNet3", AddressOnParent=7),
            '<vmw:Config ovf:required="false" vmw:key="cpuHotAddEnabled" vmw:value="true"/>',
            '<vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>',
        ),
        name="my server",
        system='<OperatingSystemSection ovf:id="96" vmw:osType="debian11_64Guest"><Info/>'
        "<Description>Debian GNU/Linux 11 (64-bit)</Description></OperatingSystemSection>",
    )
