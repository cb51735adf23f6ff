"""Views and windows: `ViewsApi` on this computer's screen.

The windows belong to another side of the process (`Screen`); here is which machine is bound to
which of them, and what the machine's state says of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from app.errors import INVALID_FILE_PATH, WINDOW_ID_ERROR, ViewError
from app.vm.api.views import ViewsApi
from app.vm.bindings import Binding
from app.vm.engine import Running
from app.vm.events import FocusChanged, ViewState, ViewStateChanged
from app.vm.manager.core import ManagerCore
from app.vm.off_loop import ask
from app.vm.state import VmState
from app.vm.store import storing
from app.vm.thumbnail import ViewPicture, keep_thumbnail, take_thumbnail

if TYPE_CHECKING:
    from app.vm.records import ViewInfo


class Views(ManagerCore, ViewsApi):
    """Functions of `ViewsApi`, and what the window side tells and asks."""

    @override
    async def request_vm_window(self, activation_token: str = "") -> int:
        return self._need_screen().request_window(activation_token)

    @override
    async def create_vm_view(
        self, vm_name: str, window_id: int, width_px: int, height_px: int
    ) -> ViewInfo:
        machine = self._whole_machine(vm_name)
        self.gate.check()
        self.bindings.check_bind(machine.config.id, window_id, width_px, height_px)
        if self.screen is None:
            self.bind_view(vm_name, window_id, width_px, height_px)
        else:
            await self.screen.open_view(machine.name, window_id, width_px, height_px)
        return self._view(window_id)

    @override
    async def destroy_vm_view(self, window_id: int) -> None:
        self._bound(window_id)
        if self.screen is not None:
            self.screen.close_view(window_id)
        if self.bindings.of_window(window_id) is not None:
            self.free_view(window_id)

    @override
    async def set_vm_view_size(
        self, width_px: int, height_px: int, window_id: int | None = None
    ) -> ViewInfo:
        binding = self.bindings.resize(width_px, height_px, window_id)
        if self.screen is not None:
            self.screen.resize_view(binding.window_id, width_px, height_px)
        return self._view(binding.window_id)

    @override
    async def check_vm_window_visible(self, vm_name: str) -> bool:
        binding = self.bindings.of_machine(self._machine(vm_name).config.id)
        return binding is not None and self.bindings.is_visible(binding.window_id)

    @override
    async def modify_resolution(
        self, width_px: int, height_px: int, window_id: int | None = None
    ) -> ViewInfo:
        binding = self.bindings.only(window_id)
        await self._need_screen().ask_resolution(binding.window_id, width_px, height_px)
        return self._view(self.bindings.resize(width_px, height_px, binding.window_id).window_id)

    @override
    async def lock_guest(self, window_id: int) -> None:
        self._bound(window_id)
        self.gate.check()
        self._need_screen().lock_guest(window_id)

    @override
    async def screenshot_vm(self, vm_name: str, target: Path) -> Path:
        machine = self._machine(vm_name)
        running = machine.live()
        opened = await ask(target, self.paths.open_target, target)
        with opened:
            with storing(f"{INVALID_FILE_PATH}: {opened.path} cannot be written."):
                await running.screenshot(opened.through)
            return opened.path

    @override
    async def show_vm(self, vm_name: str) -> None:
        machine = self._machine(vm_name)
        await self._need_screen().show(machine.name)

    @override
    async def show_window(self, iso: Path | None = None) -> None:
        self._need_screen().raise_window(iso)

    # -- For the window side ---------------------------------------------------------------------

    def bind_view(self, vm_name: str, window_id: int, width_px: int, height_px: int) -> Binding:
        """Bind a machine's picture to a window that is there; `create_vm_view` without opening it.

        Raises:
            UnknownVmError: there is no machine of that name.
            StateError: its files are missing.
            NotPcModeError: the gate is closed.
            ViewError: as the document's texts say.
        """
        machine = self._whole_machine(vm_name)
        self.gate.check()
        binding = self.bindings.bind(machine.config.id, window_id, width_px, height_px)
        machine.set_window(window_id)
        self._tell_view(binding, ViewState.BOUND)
        return binding

    def free_view(self, window_id: int, reason: str = "") -> Binding:
        """Free a window; the machine goes on.

        Raises:
            ViewError: nothing is bound to it.
        """
        was_focused = self.bindings.is_focused(window_id)
        binding = self.bindings.release(window_id)
        machine = self._registry.by_id(binding.vm_id)
        if machine is not None:
            machine.set_window(None)
        if was_focused:
            self._tell_focus(binding, focused=False)
        self._tell_view(binding, ViewState.RELEASED, reason)
        return binding

    def tell_view_state(self, window_id: int, view_state: ViewState, reason: str = "") -> None:
        """The window side reports what became of a bound view."""
        binding = self.bindings.of_window(window_id)
        if binding is None:
            return
        was_focused = self.bindings.is_focused(window_id)
        self.bindings.note_state(window_id, view_state)
        self._tell_view(binding, view_state, reason)
        focused = self.bindings.is_focused(window_id)
        if focused is not was_focused:
            self._tell_focus(binding, focused=focused)

    def running(self, vm_name: str) -> Running:
        """The live engine of a machine, for its view.

        Raises:
            StateError: the machine is off.
        """
        return self._machine(vm_name).live()

    async def refresh_thumbnail(self, vm_name: str) -> None:
        """Take a new small picture of a live machine and tell that there is one.

        The engine is asked for it only where no window has it.
        """
        machine = self._machine(vm_name)
        if machine.state not in {VmState.RUNNING, VmState.VIEWING, VmState.PAUSED}:
            return
        picture = self._picture_in_sight(machine.config.id)
        if picture is None:
            await take_thumbnail(machine.live(), machine.folder)
        else:
            await keep_thumbnail(picture, machine.folder)
        machine.tell_changed()

    # -- Inside ----------------------------------------------------------------------------------

    @override
    def _forget_view(self, vm_id: UUID) -> None:
        binding = self.bindings.of_machine(vm_id)
        if binding is not None:
            self.free_view(binding.window_id, "removed")

    def _picture_in_sight(self, vm_id: UUID) -> ViewPicture | None:
        binding = self.bindings.of_machine(vm_id)
        if binding is None or self.screen is None:
            return None
        return self.screen.picture(binding.window_id)

    def _bound(self, window_id: int) -> Binding:
        binding = self.bindings.of_window(window_id)
        if binding is None:
            raise ViewError(WINDOW_ID_ERROR, remedy="The window shows no machine.")
        return binding

    def _view(self, window_id: int) -> ViewInfo:
        from app.vm.records import ViewInfo  # noqa: PLC0415 - not for the first paint

        binding = self._bound(window_id)
        return ViewInfo(
            vm_name=self._name_of(binding.vm_id),
            vm_id=binding.vm_id,
            window_id=window_id,
            width_px=binding.width_px,
            height_px=binding.height_px,
            visible=self.bindings.is_visible(window_id),
        )

    def _name_of(self, vm_id: UUID) -> str:
        machine = self._registry.by_id(vm_id)
        return machine.name if machine else ""

    def _tell_view(self, binding: Binding, state: ViewState, reason: str = "") -> None:
        self.events.publish(
            ViewStateChanged(
                vm_id=binding.vm_id,
                vm_name=self._name_of(binding.vm_id),
                window_id=binding.window_id,
                view_state=state,
                width_px=binding.width_px,
                height_px=binding.height_px,
                reason=reason,
            )
        )

    def _tell_focus(self, binding: Binding, *, focused: bool) -> None:
        self.events.publish(
            FocusChanged(
                vm_id=binding.vm_id,
                vm_name=self._name_of(binding.vm_id),
                window_id=binding.window_id,
                focused=focused,
            )
        )
