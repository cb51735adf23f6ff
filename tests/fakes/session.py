"""A machine as the exclusive window knows it, without a manager."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine

from PySide6.QtCore import QSize

from app.errors import AppError
from app.exclusive.verdicts import HandBack
from app.vm.display.screen_layout import ScreenLayout
from app.vm.gate import GateStatus, PcMode, PostureSource, judge
from app.vm.posture import Posture
from app.vm.state import VmState
from tests.fakes.display import FakeDisplay, RecordingInput


def gate_status(
    mode: PcMode = PcMode.AUTOMATIC, posture: Posture = Posture.KEYBOARD_ATTACHED
) -> GateStatus:
    """The gate of a computer whose sensor tells `posture`."""
    return GateStatus(
        mode=mode,
        posture=posture,
        source=PostureSource.SENSOR,
        sensor=True,
        simulated=None,
        reasons=judge(mode, posture),
    )


class FakeSession:
    """`app.exclusive.machine_view.MachineSession`; the test sets its state."""

    def __init__(self, name: str = "Windows 11", state: VmState = VmState.RUNNING) -> None:
        self.vm_id = uuid.uuid4()
        self.name = name
        self.has_controls = True
        self.state = state
        self.problem = ""
        self.reason = ""
        self.words: dict[str, str] = {}
        self.gate = gate_status()
        self.screens = 1
        self.layout = ScreenLayout()
        self.displays: list[FakeDisplay] = []
        self.inputs: list[RecordingInput] = []
        self.failure: AppError | None = None
        self.on_input_closed: Callable[[str], None] | None = None
        self.on_input_silent: Callable[[], None] | None = None
        self.picture: tuple[int, int] | None = (640, 400)
        self._callbacks: list[Callable[[], None]] = []

    @property
    def display(self) -> FakeDisplay:
        return self.displays[-1]

    @property
    def input(self) -> RecordingInput:
        return self.inputs[-1]

    @property
    def is_watched(self) -> bool:
        return bool(self._callbacks)

    def become(self, state: VmState, reason: str = "") -> None:
        """Change the state and tell."""
        self.state, self.reason = state, reason
        self.tell()

    def set_gate(self, gate: GateStatus) -> None:
        """Change PC mode or posture and tell."""
        self.gate = gate
        self.tell()

    def tell(self) -> None:
        """Tell that something has changed."""
        for callback in list(self._callbacks):
            callback()

    def in_words(self, english: str) -> str:
        return self.words.get(english, english)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(changed)
        return lambda: self._callbacks.remove(changed)

    async def open_display(self, head: int = 0) -> FakeDisplay:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        display = FakeDisplay()
        if self.picture is not None:
            display.resize(*self.picture)
            display.show()
        self.displays.append(display)
        return display

    async def open_input(self, after_send, on_closed, on_silent, head=0) -> RecordingInput:
        await asyncio.sleep(0)
        self.on_input_silent = on_silent
        self.on_input_closed = on_closed
        self.inputs.append(RecordingInput())
        return self.inputs[-1]

    async def start(self) -> None:
        self.become(VmState.STARTING)
        self.become(VmState.RUNNING)

    async def pause(self) -> None:
        self.become(VmState.PAUSED)

    async def resume(self) -> None:
        self.become(VmState.RUNNING)

    async def open_gate(self) -> None:
        self.gate = gate_status()
        if self.state is VmState.PAUSED and self.reason == "gate":
            self.state, self.reason = VmState.RUNNING, ""
        self.tell()


class FakeMemory:
    """`app.exclusive.machine_view.HintMemory`."""

    def __init__(self, *, learned: bool = True) -> None:
        self.release_learned = learned

    def learn_release(self) -> None:
        self.release_learned = True


class FakeSizes:
    """`app.exclusive.machine_view.SizeMemory`."""

    def __init__(self, kept: QSize | None = None) -> None:
        self.kept = kept

    def size_on(self, monitor: str) -> QSize | None:
        return self.kept

    def keep(self, monitor: str, size_px: QSize) -> None:
        self.kept = size_px


class FakeCapture:
    """`app.exclusive.capture.Capture`; answers at once, or when the test says."""

    def __init__(self, *, granted: bool | None = True) -> None:
        self.granted = granted
        self.refusal = "Another program holds the keyboard."
        self.is_active = False
        self.starts = 0
        self.answer: Callable[[bool], None] | None = None
        self.hands_back = True
        self.has_focus = True
        self.handed: list[tuple[HandBack, Callable[[frozenset[int] | None], None]]] = []

    def hand_back(self, key: HandBack, done: Callable[[frozenset[int] | None], None]) -> None:
        self.handed.append((key, done))

    def start(self, answer: Callable[[bool], None]) -> None:
        self.starts += 1
        self.answer = answer
        if self.granted is not None:
            self.is_active = self.granted
            answer(self.granted)

    def stop(self) -> None:
        self.is_active = False
        self.answer = None


class Tasks:
    """`app.exclusive.machine_view.Spawn` on the running loop; keeps what it started."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine, name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
