"""The menu of one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.views import icons, theme
from app.views.icons import Glyph
from app.vm.records import Snapshot

Act = Callable[[], None]


def snapshot_menu(
    parent: QWidget,
    one: Snapshot,
    *,
    is_free: bool,
    go_back: Act,
    go_back_to_disk: Act,
    rename: Act,
    edit_note: Act,
    set_locked: Callable[[bool], None],
    delete: Act,
) -> QMenu:
    """A menu that deletes itself; show it with `popup`.

    Args:
        parent: whose menu it is.
        one: the snapshot.
        is_free: the machine's state allows to take it back, and to delete its snapshots.
        go_back: what the first entry does.
        go_back_to_disk: what the entry for one with memory does.
        rename: what the entry of that name does.
        edit_note: likewise.
        set_locked: told whether it shall be locked.
        delete: likewise.
    """
    translate = QCoreApplication.translate
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(text: str, glyph: Glyph, act: Act, keys: str, *, is_on: bool, token: str) -> None:
        colour = theme.colour(token if is_on else "text3").name()
        entry = menu.addAction(icons.icon(glyph, colour, 18, parent.devicePixelRatioF()), text)
        entry.setEnabled(is_on)
        entry.setShortcut(QKeySequence(keys))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # Shown; the tree handles it.
        entry.triggered.connect(lambda _=False: act())

    can_go = is_free and not one.problem
    text = translate("SnapshotMenu", "Go back…")
    add(text, Glyph.CLOCK, go_back, "Return", is_on=can_go, token="text2")  # noqa: S106
    if one.with_memory and not one.problem:
        text = translate("SnapshotMenu", "Go back to the disk only…")
        add(text, Glyph.DISK, go_back_to_disk, "", is_on=is_free, token="text2")  # noqa: S106
    text = translate("SnapshotMenu", "Rename")
    add(text, Glyph.PENCIL, rename, "F2", is_on=True, token="text2")  # noqa: S106
    text = translate("SnapshotMenu", "Edit note…")
    add(text, Glyph.FILE, edit_note, "", is_on=True, token="text2")  # noqa: S106
    lock = partial(set_locked, not one.locked)
    lock_it, unlock_it = translate("SnapshotMenu", "Lock"), translate("SnapshotMenu", "Unlock")
    text = unlock_it if one.locked else lock_it
    add(text, Glyph.LOCK, lock, "", is_on=True, token="text2")  # noqa: S106
    text = translate("SnapshotMenu", "Delete")
    can_go = is_free and not one.locked
    add(text, Glyph.TRASH, delete, "Delete", is_on=can_go, token="bad")  # noqa: S106
    if one.locked:
        reason = translate("SnapshotMenu", "The snapshot is locked. Unlock it first.")
        menu.setToolTipsVisible(True)
        menu.actions()[-1].setToolTip(reason)
    return menu
