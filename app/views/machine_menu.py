"""The menu of one machine: what its state allows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.views import icons, theme
from app.views.commands import Commands
from app.views.disks.desk import DiskDesk
from app.views.icons import Glyph
from app.views.tasks import words
from app.views.tasks.board import TaskBoard
from app.vm.model import VmInfo
from app.vm.state import Action


def machine_menu(
    parent: QWidget,
    info: VmInfo,
    commands: Commands,
    *,
    rename: Callable[[], None],
    insert_disc: Callable[[], None],
    disks: DiskDesk,
    board: TaskBoard,
) -> QMenu:
    """A menu that deletes itself; show it with `popup`."""
    builder = _Builder(parent, info)
    translate = QCoreApplication.translate
    add = builder.add
    add(
        Action.OPEN,
        translate("MachineMenu", "Open"),
        Glyph.MACHINE,
        lambda: commands.open(info),
        "Return",
    )
    add(
        Action.OPEN,
        translate("MachineMenu", "Open in exclusive mode"),
        Glyph.EXPAND,
        lambda: commands.open(info, exclusive=True),
    )
    builder.separate()
    add(Action.START, translate("MachineMenu", "Start without window"), Glyph.PLAY,
        lambda: commands.start(info), "Space")  # fmt: skip
    add(Action.RESUME, translate("MachineMenu", "Resume"), Glyph.PLAY,
        lambda: commands.resume(info), "Space")  # fmt: skip
    add(Action.PAUSE, translate("MachineMenu", "Pause"), Glyph.PAUSE,
        lambda: commands.pause(info), "Space")  # fmt: skip
    add(
        Action.STOP, translate("MachineMenu", "Shut down"), Glyph.POWER, lambda: commands.stop(info)
    )
    add(Action.FORCE_STOP, translate("MachineMenu", "Force off…"), Glyph.BOLT,
        lambda: commands.force_stop(info))  # fmt: skip
    builder.separate()
    add(Action.CHANGE_DISC, translate("MachineMenu", "Insert disc…"), Glyph.DISC, insert_disc)
    if info.disc is not None:
        add(Action.CHANGE_DISC, translate("MachineMenu", "Eject disc"), Glyph.EJECT,
            lambda: commands.eject_disc(info))  # fmt: skip
    add(Action.SNAPSHOT, translate("MachineMenu", "Snapshots…"), Glyph.CLOCK,
        lambda: commands.snapshots_wanted.emit(info))  # fmt: skip
    add(Action.RENAME, translate("MachineMenu", "Rename…"), Glyph.PENCIL, rename, "F2")
    builder.separate()
    # What works on a machine at rest and on one whose engine is up.
    copying = Action.UPDATE if Action.UPDATE in info.actions else Action.SCREENSHOT
    add(copying, translate("MachineMenu", "Export…"), Glyph.EXPORT, lambda: disks.export(info))
    add(Action.UPDATE, translate("MachineMenu", "Duplicate…"), Glyph.COPY,
        lambda: disks.duplicate(info))  # fmt: skip
    add(copying, translate("MachineMenu", "Make the disk larger…"), Glyph.GROW,
        lambda: commands.growth_wanted.emit(info))  # fmt: skip
    add(copying, translate("MachineMenu", "Disks…"), Glyph.DISK,
        lambda: commands.disks_wanted.emit(info))  # fmt: skip
    builder.put(translate("MachineMenu", "Keyboard…"), Glyph.KEYBOARD,
        lambda: commands.keys_wanted.emit(info))  # fmt: skip
    known = board.of_machine(info.id)
    if known is not None:
        task = known.info
        builder.separate()
        builder.put(words.cancel(task.kind), Glyph.CLOSE, lambda: disks.cancel(task.task_id))
    builder.separate()
    add(Action.DESTROY, translate("MachineMenu", "Delete"), Glyph.TRASH,
        lambda: commands.delete(info), "Delete")  # fmt: skip
    return builder.menu


class _Builder:
    """Adds entries that the state allows."""

    def __init__(self, parent: QWidget, info: VmInfo) -> None:
        self.menu = QMenu(parent)
        self.menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, on=False)
        self._info = info

    def add(
        self, action: Action, text: str, glyph: Glyph, act: Callable[[], None], keys: str = ""
    ) -> None:
        """Add an entry when `action` is allowed; `keys` is shown, the page handles it."""
        if action not in self._info.actions:
            return
        token = "bad" if action is Action.DESTROY else "text2"
        self.put(text, glyph, act, keys, token=token)

    def put(
        self,
        text: str,
        glyph: Glyph,
        act: Callable[[], None],
        keys: str = "",
        *,
        token: str = "text2",  # noqa: S107 - a colour's name
    ) -> None:
        """Add an entry."""
        name = theme.colour(token).name()
        icon = icons.icon(glyph, name, 18, self.menu.devicePixelRatioF())
        entry = self.menu.addAction(icon, text)
        entry.triggered.connect(act)
        if keys:
            entry.setShortcut(QKeySequence(keys))
            entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def separate(self) -> None:
        """Add a line, unless nothing is above it."""
        if not self.menu.isEmpty():
            self.menu.addSeparator()
