"""An input sink that hears nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from app.vm.display.seam import Button


class DeafSink:
    """`app.exclusive.surface.InputSink` for tests of the picture alone."""

    def owns_keys(self) -> bool:
        return False

    def key(self, number: int, *, down: bool, repeat: bool, time_ms: int = 0) -> None: ...

    def foreign_key(self, code: int) -> None: ...

    def text(self, text: str) -> None: ...

    def modifiers(self, *, active: bool) -> None: ...

    def button(self, button: Button, *, down: bool, at: tuple[float, float]) -> None: ...

    def moved(self, at: tuple[float, float], where: QPoint) -> None: ...

    def wheel(self, angle: QPoint) -> None: ...

    def left(self) -> None: ...
