"""The API's functions at the other end of a socket, by name: what each sends and how it is read.

The signatures are those of `app.vm.api`; a name that is missing here makes `RemoteManager` no
`ManagerApi` any more, which the type checker says.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.errors import SERVICE_GONE, ConnectionLostError, ParamError
from app.vm.api import STOP_TIMEOUT_S, ManagerApi
from app.vm.functions import functions_by_method

QUICK_S = 15.0
"""For what only asks or writes a small file."""
SLOW_S = 300.0
"""For what starts or ends an engine, or makes a disk; the manager has closer limits of its own."""

LONG_S = 48 * 3600.0
"""For what copies disks: as long as that takes. A manager that is lost closes the connection."""

ArgumentsT = ParamSpec("ArgumentsT")
ResultT = TypeVar("ResultT")


def _remote(
    method: Callable[Concatenate[Any, ArgumentsT], Coroutine[Any, Any, ResultT]],
    patience_s: float = SLOW_S,
) -> Callable[Concatenate[RemoteFunctions, ArgumentsT], Coroutine[Any, Any, ResultT]]:
    """The same function, done by the manager at the other end.

    Args:
        method: of `ManagerApi`.
        patience_s: so long an answer may take before the manager counts as lost; what the caller
            lets the manager wait for the guest comes on top.
    """

    async def call(
        self: RemoteFunctions, /, *args: ArgumentsT.args, **kwargs: ArgumentsT.kwargs
    ) -> ResultT:
        function = functions_by_method()[method.__name__]
        arguments = function.write_arguments(args, kwargs)
        wait_s = patience_s + arguments.get("timeoutSeconds", 0.0)
        answer = await self.ask(function.wire_name, arguments, wait_s)
        result: ResultT = _understood(lambda: function.read_result(answer))
        return result

    functools.update_wrapper(call, method)
    return call


class RemoteFunctions(ABC):
    """Every function of `ManagerApi`, done by whoever answers `ask`."""

    @abstractmethod
    async def ask(self, command: str, arguments: Mapping[str, object], timeout_s: float) -> object:
        """Send one command and wait for its answer.

        Raises:
            AppError: what the manager says, or that it was lost.
        """

    list_vms = _remote(ManagerApi.list_vms, QUICK_S)
    get_vm_status = _remote(ManagerApi.get_vm_status, QUICK_S)
    create_vm = _remote(ManagerApi.create_vm)
    start_vm = _remote(ManagerApi.start_vm)
    stop_vm = _remote(ManagerApi.stop_vm, SLOW_S + STOP_TIMEOUT_S)
    force_stop_vm = _remote(ManagerApi.force_stop_vm)
    pause_vm = _remote(ManagerApi.pause_vm)
    resume_vm = _remote(ManagerApi.resume_vm)
    destroy_vm = _remote(ManagerApi.destroy_vm)
    undo_destroy_vm = _remote(ManagerApi.undo_destroy_vm)
    duplicate_vm = _remote(ManagerApi.duplicate_vm, LONG_S)
    rename_vm = _remote(ManagerApi.rename_vm, QUICK_S)

    check_vm_capability = _remote(ManagerApi.check_vm_capability)
    get_vm_available_cpu_num_range = _remote(ManagerApi.get_vm_available_cpu_num_range)
    get_vm_available_memory_size_range = _remote(ManagerApi.get_vm_available_memory_size_range)
    get_host_sn = _remote(ManagerApi.get_host_sn)

    get_vm_disk_image_path = _remote(ManagerApi.get_vm_disk_image_path, QUICK_S)
    get_vm_disk_image_file_size = _remote(ManagerApi.get_vm_disk_image_file_size, QUICK_S)
    get_vm_disk_size = _remote(ManagerApi.get_vm_disk_size, QUICK_S)
    set_vm_disk_size = _remote(ManagerApi.set_vm_disk_size)
    expand_capacity = _remote(ManagerApi.expand_capacity)
    import_vm_disk_image = _remote(ManagerApi.import_vm_disk_image, LONG_S)
    export_vm_disk_image = _remote(ManagerApi.export_vm_disk_image, LONG_S)
    list_vm_disks = _remote(ManagerApi.list_vm_disks, QUICK_S)
    add_vm_disk = _remote(ManagerApi.add_vm_disk)
    remove_vm_disk = _remote(ManagerApi.remove_vm_disk)
    compact_vm_disk = _remote(ManagerApi.compact_vm_disk, LONG_S)

    list_tasks = _remote(ManagerApi.list_tasks, QUICK_S)
    cancel_task = _remote(ManagerApi.cancel_task)

    list_trash = _remote(ManagerApi.list_trash)
    restore_from_trash = _remote(ManagerApi.restore_from_trash)
    empty_trash = _remote(ManagerApi.empty_trash)

    list_findings = _remote(ManagerApi.list_findings)
    recover_user_data = _remote(ManagerApi.recover_user_data, LONG_S)
    copy_user_files = _remote(ManagerApi.copy_user_files, LONG_S)

    create_snapshot = _remote(ManagerApi.create_snapshot)
    restore_snapshot = _remote(ManagerApi.restore_snapshot)
    destroy_snapshot = _remote(ManagerApi.destroy_snapshot)
    rename_snapshot = _remote(ManagerApi.rename_snapshot)
    update_snapshot = _remote(ManagerApi.update_snapshot)
    get_snapshot_list = _remote(ManagerApi.get_snapshot_list, QUICK_S)

    request_vm_window = _remote(ManagerApi.request_vm_window)
    create_vm_view = _remote(ManagerApi.create_vm_view)
    destroy_vm_view = _remote(ManagerApi.destroy_vm_view)
    set_vm_view_size = _remote(ManagerApi.set_vm_view_size)
    check_vm_window_visible = _remote(ManagerApi.check_vm_window_visible, QUICK_S)
    modify_resolution = _remote(ManagerApi.modify_resolution)
    lock_guest = _remote(ManagerApi.lock_guest)
    screenshot_vm = _remote(ManagerApi.screenshot_vm)
    show_vm = _remote(ManagerApi.show_vm)
    show_window = _remote(ManagerApi.show_window)

    mount_cd_drive_to_vm = _remote(ManagerApi.mount_cd_drive_to_vm)
    unmount_cd_drive_from_vm = _remote(ManagerApi.unmount_cd_drive_from_vm)
    mount_usb_to_vm = _remote(ManagerApi.mount_usb_to_vm)
    unmount_usb_from_vm = _remote(ManagerApi.unmount_usb_from_vm)
    add_shared_folder = _remote(ManagerApi.add_shared_folder)
    remove_shared_folder = _remote(ManagerApi.remove_shared_folder)
    create_channel = _remote(ManagerApi.create_channel)
    send_data_to_vm = _remote(ManagerApi.send_data_to_vm)
    recv_data_from_vm = _remote(ManagerApi.recv_data_from_vm)
    get_file_descriptor_request = _remote(ManagerApi.get_file_descriptor_request)
    set_vm_memory_balloon = _remote(ManagerApi.set_vm_memory_balloon)

    set_proxy_auto_sync_enabled = _remote(ManagerApi.set_proxy_auto_sync_enabled)
    set_vm_net_proxy_share_enabled = _remote(ManagerApi.set_vm_net_proxy_share_enabled)
    is_vm_net_proxy_enabled = _remote(ManagerApi.is_vm_net_proxy_enabled)
    is_host_network_sync_feature_enabled = _remote(ManagerApi.is_host_network_sync_feature_enabled)

    get_pc_mode = _remote(ManagerApi.get_pc_mode, QUICK_S)
    set_pc_mode = _remote(ManagerApi.set_pc_mode)
    set_posture = _remote(ManagerApi.set_posture)
    get_permissions = _remote(ManagerApi.get_permissions, QUICK_S)
    set_permission = _remote(ManagerApi.set_permission)
    grant_path = _remote(ManagerApi.grant_path)
    revoke_path = _remote(ManagerApi.revoke_path)
    get_granted_paths = _remote(ManagerApi.get_granted_paths, QUICK_S)

    ping = _remote(ManagerApi.ping, QUICK_S)
    query_api = _remote(ManagerApi.query_api, QUICK_S)
    hand_over = _remote(ManagerApi.hand_over)


def unknown_outcome(detail: str) -> ConnectionLostError:
    """What to raise when nobody can know whether a call was carried out."""
    return ConnectionLostError(
        f"{SERVICE_GONE}: the manager was lost during the call, so its outcome is unknown.",
        remedy="Look at the machine's state before you try again.",
        detail=detail,
    )


def _understood(read: Callable[[], ResultT]) -> ResultT:
    """Read an answer; one that makes no sense leaves the outcome unknown."""
    try:
        return read()
    except ParamError as err:
        raise unknown_outcome(repr(err)) from err
