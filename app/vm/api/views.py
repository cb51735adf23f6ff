"""A machine's picture in a window, and the window's keyboard and pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from app.vm.api.bounds import Bounds

if TYPE_CHECKING:
    from pathlib import Path

    from app.vm.records import ViewInfo

LARGEST_VIEW_PX = 16384

Pixels = Annotated[int, Bounds(1, LARGEST_VIEW_PX)]


class ViewsApi(Protocol):
    """Views and windows."""

    async def request_vm_window(self, activation_token: str = "") -> int:
        """Number of a new window, for `create_vm_view`; it opens when a machine is bound to it.

        Args:
            activation_token: the desktop's leave to come to the front (xdg-activation), if any.

        Returns:
            The window's number.

        Raises:
            NotSupportedError: this manager has no screen.
        """

    async def create_vm_view(
        self, vm_name: str, window_id: int, width_px: Pixels, height_px: Pixels
    ) -> ViewInfo:
        """Bind the machine's picture to exactly one window.

        Args:
            vm_name: which machine.
            window_id: from `request_vm_window`.
            width_px: wished width, guest pixels.
            height_px: wished height, guest pixels.

        Raises:
            UnknownVmError: there is none of that name.
            ViewError: `The window already exists.`, `WindowId err` or `Failed to bind the surface
                to the window.`
            StateError: the machine's files are missing.
            NotPcModeError: the gate is closed.

        Events: vmViewStateChange, vmStateChange.
        """

    async def destroy_vm_view(self, window_id: int) -> None:
        """Free the window and close it; the machine goes on.

        Raises:
            ViewError: `WindowId err`: the window shows no machine.

        Events: vmViewStateChange, vmStateChange.
        """

    async def set_vm_view_size(
        self, width_px: Pixels, height_px: Pixels, window_id: int | None = None
    ) -> ViewInfo:
        """Give a view another size, guest pixels; without a window there has to be one view only.

        Raises:
            ViewError: `WindowId err`: no such view, or more than one to choose from.
        """

    async def check_vm_window_visible(self, vm_name: str) -> bool:
        """Whether the machine has a view that is on the screen.

        Raises:
            UnknownVmError: there is none of that name.
        """

    async def modify_resolution(
        self, width_px: Pixels, height_px: Pixels, window_id: int | None = None
    ) -> ViewInfo:
        """Ask the guest for a picture of this size; returns when it has it.

        The display device asks the guest's driver. A view whose guest cannot follow also tells
        `setResolutionFail` as the reason of a `vmViewStateChange`.

        Args:
            width_px: guest pixels.
            height_px: guest pixels.
            window_id: which view; without it there has to be one view only.

        Raises:
            ViewError: `WindowId err`: no such view, or more than one to choose from.
            NotSupportedError: the guest's device has sizes of its own only, or this manager has
                no screen.
            StateError: there is no picture now, or the guest did not take the size in time.

        Events: vmViewStateChange.
        """

    async def lock_guest(self, window_id: int) -> None:
        """Go to exclusive mode: the view gets the whole screen, keyboard and pointer.

        Raises:
            ViewError: `WindowId err`: the window shows no machine.
            NotPcModeError: the gate is closed.
            NotSupportedError: this manager has no screen.

        Events: vmViewStateChange, focusStateChange.
        """

    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        """Write the present picture of a live machine as PNG.

        Args:
            vm_name: which machine.
            target: the file to write, or to replace.

        Returns:
            Where the picture really is.

        Raises:
            UnknownVmError: there is none of that name.
            StateError: the machine is off.
            PathError: it is no place for a file, or may not be written (`VM_PATH_REFUSED`).
            StoreError: it cannot be written.
            DiskLessError: its disk is full.
        """

    async def show_vm(self, vm_name: str) -> None:
        """Open, or raise, the machine's window on the manager's screen.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: this manager has no screen.

        Events: vmViewStateChange.
        """

    async def show_window(self, iso: Path | None = None) -> None:
        """Raise the manager's main window, and begin a new machine from a disc when one is given.

        Args:
            iso: image of the disc.

        Raises:
            NotSupportedError: this manager has no screen.
        """
