"""House rules that no linter knows, checked over the syntax trees of our own sources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import (
    ROOT,
    calls,
    calls_in_coroutine,
    dotted,
    place,
    python_files,
    text_files,
    tree,
)

# Qt calls that run an event loop of their own: under qasync every other task that wakes
# meanwhile dies. `open()` and a future that `finished` sets do the same without a loop.
NESTED_LOOPS = re.compile(
    r"""\.exec_?$ | \.waitUntil$ | \.waitSignals?$
    | ^QMessageBox\.(about|critical|information|question|warning)$
    | ^QFileDialog\.get\w+$ | ^QInputDialog\.get\w+$ | ^QColorDialog\.get\w+$
    | ^QFontDialog\.get\w+$""",
    re.VERBOSE,
)

BROAD = {"Exception", "BaseException"}

# Where a task may start without a TaskGroup, and who keeps it and ends it there.
TASK_PARENTS = {
    "app/views/actions.py": "Actions keeps what a click started",
    "app/vm/unbroken.py": "unbroken waits for its task, whatever happens to the caller",
    "app/vm/client.py": "both managers there end, when closed, what watches their connections",
    "app/vm/qemu/monitor.py": "Monitor.close ends the watch over its connection",
    "app/vm/service.py": "WireService.close ends its clients and the commands that outlive them",
}

# Modules and folders under app/vm without a test file of their own.
TESTED_ELSEWHERE = {
    "app/vm/api/": "protocols; tests/conformance holds every one of their functions",
    "app/vm/api_names.py": "tests/conformance compares it with the document's names",
    "app/vm/manager/": "one object; tests/vm/test_manager.py and tests/conformance drive it",
    "app/vm/display/dbus/control.py": "test_connection plays the engine's side of it",
    "app/vm/display/dbus/listener_connection.py": "test_connection hands it what an engine would",
    "app/vm/display/dbus/messages.py": "test_listener and test_fuzz read and spoil every kind",
    "app/vm/orphans.py": "tests/vm/recovery/test_interrupted.py leaves real converters behind",
    "app/vm/images/bounds.py": "plain limits, met by test_headers and test_inspection",
    "app/vm/images/looking.py": "test_inspection counts what it refuses by itself",
    "app/vm/images/archive.py": "tests/vm/test_importing_archives.py opens archives of every kind",
    "app/vm/images/ovf_hardware.py": "test_ovf reads every word and number that it knows",
    "app/vm/images/ovf_systems.py": "the same",
    "app/vm/images/ovf_xml.py": "test_ovf shows it documents of every hostile kind",
    "app/vm/images/qcow2.py": "test_headers spoils its headers, test_inspection its images",
    "app/vm/images/qed.py": "the same",
    "app/vm/images/source.py": "test_inspection opens every kind of image by its description",
    "app/vm/images/vdi.py": "test_headers spoils its headers, test_inspection its images",
    "app/vm/images/vhd.py": "the same",
    "app/vm/images/vhdx.py": "the same",
    "app/vm/images/vmdk.py": "the same",
    "app/vm/images/vmdk_text.py": "the same",
    "app/vm/qemu/live_snapshots.py": "test_snapshot_jobs drives live engines through it",
    "app/vm/qemu/run_record.py": "test_engine adopts by it, test_snapshot_jobs by its marks",
    "app/vm/snapshots/": "one procedure; tests/vm/snapshots cuts it off at every step",
    "app/vm/display/seam.py": "a protocol; the tests of each display run against it",
    "app/vm/engine.py": "a protocol; the suite that runs on the fake and the real engine",
    "app/vm/making.py": "the manager's tests make machines through it",
    "app/vm/power.py": "the manager's tests start, stop, pause and break machines through it",
    "app/vm/registry.py": "the manager's tests find, adopt and follow machines through it",
    "app/vm/thumbnail.py": "the manager's tests take thumbnails",
    "app/vm/unbroken.py": "the manager's tests cancel every step that uses it",
    "app/vm/media/eltorito.py": "test_iso and test_fuzz read boot catalogues of every kind",
    "app/vm/media/facts.py": "plain values, filled by test_iso",
    "app/vm/media/foreign.py": "test_iso shows it every kind of file that is no disc",
    "app/vm/media/image.py": "what the parsers ask for; test_reader and test_fuzz answer",
    "app/vm/media/tree.py": "test_iso and test_udf look files up in it",
    "app/vm/media/wim.py": "test_udf reads Windows images",
    "app/vm/wire_commands.py": "test_service runs every command",
    "app/vm/wire_connection.py": "test_service, test_wire_fuzz and test_wire_load drive it",
    "app/vm/wire_fields.py": "test_wire_types and test_functions read every kind of field",
}


def test_no_coroutine_runs_a_nested_qt_loop() -> None:
    found = [
        f"{place(path, call)}: {name}"
        for path in python_files("app")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.AsyncFunctionDef)
        for name, call in calls_in_coroutine(function)
        if NESTED_LOOPS.search(name)
    ]

    assert not found, "use open() and await a future that `finished` sets"


def test_every_task_has_a_parent() -> None:
    found = [
        f"{place(path, call)}: {name}"
        for path in python_files("app")
        if str(path.relative_to(ROOT)) not in TASK_PARENTS
        for name, call in calls(tree(path))
        if is_orphan_task(name)
    ]

    assert not found, "start it in a TaskGroup, or by Actions.run"


def is_orphan_task(name: str) -> bool:
    """Whether a call of `name` starts a task nobody waits for: on a loop, not on a TaskGroup."""
    owner, _, verb = name.rpartition(".")
    if verb == "ensure_future":
        return True
    loop_names = ("asyncio", "loop", "get_running_loop()", "get_event_loop()")
    return verb == "create_task" and owner.rpartition(".")[2].lstrip("_") in loop_names


def test_nothing_waits_by_sleeping_in_a_thread() -> None:
    found = [
        f"{place(path, call)}: {name}"
        for path in python_files("app", "tests", "packaging")
        for name, call in calls(tree(path))
        if name in {"time.sleep", "sleep"}
    ]

    assert not found, "await the event; for the outer world there is tests/helpers/waiting.py"


def test_no_exception_is_swallowed() -> None:
    found = []
    for path in python_files("app", "tests", "packaging"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and swallows(node, path):
                found.append(f"{place(path, node)}: except without a reaction")
            if isinstance(node, ast.Call) and suppresses_all(node):
                found.append(f"{place(path, node)}: suppress of everything")

    assert not found, "name the one exception that may be ignored: contextlib.suppress(ThatError)"


def does_nothing(body: list[ast.stmt]) -> bool:
    """Whether these statements are `pass`, `...` or words only."""
    return all(
        isinstance(line, ast.Pass)
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in body
    )


def swallows(handler: ast.ExceptHandler, path: Path) -> bool:
    """Whether it does nothing; tests and scripts may do that to an exception that they name."""
    broad = handler.type is None or dotted(handler.type) in BROAD
    return does_nothing(handler.body) and (broad or path.is_relative_to(ROOT / "app"))


def suppresses_all(call: ast.Call) -> bool:
    """Whether it is contextlib.suppress of a class that all errors have."""
    return dotted(call.func).rpartition(".")[2] == "suppress" and any(
        dotted(argument) in BROAD for argument in call.args
    )


def test_every_module_of_the_control_plane_has_a_test_of_its_name() -> None:
    missing = []
    for path in python_files("app/vm"):
        name = str(path.relative_to(ROOT))
        if path.name == "__init__.py" or name.startswith(tuple(TESTED_ELSEWHERE)):
            continue
        folder = ROOT / "tests" / path.relative_to(ROOT / "app").parent
        if not list(folder.glob(f"test_{path.stem.lstrip('_')}*.py")):
            missing.append(f"{name}: no {folder.relative_to(ROOT)}/test_{path.stem}*.py")

    assert not missing


@pytest.mark.parametrize("listed", [TASK_PARENTS, TESTED_ELSEWHERE])
def test_the_lists_of_exceptions_are_not_longer_than_needed(listed: dict[str, str]) -> None:
    gone = [name for name in listed if not (ROOT / name).exists()]

    assert not gone, "these files are no more; take them off the list"


def test_every_module_reads_annotations_as_text() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in python_files("app", "tests", "packaging")
        if has_code(tree(path)) and not imports_annotations(tree(path))
    ]

    assert not found, "from __future__ import annotations"


def has_code(module: ast.Module) -> bool:
    """Whether there is more than a docstring and constants."""
    plain = (ast.Expr, ast.Assign, ast.AnnAssign)
    return any(not isinstance(node, plain) for node in module.body)


def imports_annotations(module: ast.Module) -> bool:
    """Whether the module has the future import."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in module.body
    )


def test_a_workaround_names_what_it_works_around() -> None:
    found = []
    for path, number, line in lines():
        if "WORKAROUND" in line and path.suffix == ".py":
            following = path.read_text(encoding="utf-8").splitlines()[number - 1 : number + 3]
            if not any("://" in text for text in following):
                found.append(f"{path.relative_to(ROOT)}:{number}")

    assert not found, "a link, and the version that heals it"


def test_nothing_is_left_for_later_in_the_sources() -> None:
    words = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b")  # not to find this very line
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, number, line in lines()
        if path.suffix in {".py", ".sh"} and words.search(line)
    ]

    assert not found


def test_no_file_names_a_folder_of_this_machine() -> None:
    private = {f"{ROOT}/", f"{ROOT.parent}/", f"{Path.home()}/"} - {
        "/",
        "/root/",
        "/srv/",
        "/tmp/",  # noqa: S108 - a place where checkouts lie, nothing is written there
        "/home/",
    }
    named = re.compile("|".join(rf"(?<![\w.}}]){re.escape(folder)}" for folder in private))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, number, line in lines()
        if named.search(line)
    ]

    assert not found


def lines() -> list[tuple[Path, int, str]]:
    """Every line of every text file, numbered from 1."""
    return [
        (path, number, line)
        for path in text_files()
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
    ]


def test_the_scripts_can_be_started() -> None:
    for name in ("run.sh", "test.sh", ".ci/run", "packaging/clean-room.sh"):
        assert (ROOT / name).stat().st_mode & 0o111, f"{name} is not executable"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f():\n dialog.exec()", ["dialog.exec"]),
        ("async def f():\n QMessageBox.question(None)", ["QMessageBox.question"]),
        ("async def f():\n def slot():\n  dialog.exec()\n open()", []),
        ("def f():\n dialog.exec()", []),
        ("async def f():\n await create_subprocess_exec()", []),
    ],
)
def test_the_rule_about_loops_sees_what_it_should(source: str, expected: list[str]) -> None:
    found = [
        name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.AsyncFunctionDef)
        for name, _ in calls_in_coroutine(function)
        if NESTED_LOOPS.search(name)
    ]

    assert found == expected


@pytest.mark.parametrize(
    ("name", "orphan"),
    [
        ("asyncio.create_task", True),
        ("asyncio.ensure_future", True),
        ("loop.create_task", True),
        ("self._loop.create_task", True),
        ("asyncio.get_running_loop().create_task", True),
        ("tasks.create_task", False),
        ("self._group.create_task", False),
    ],
)
def test_the_rule_about_tasks_sees_what_it_should(name: str, *, orphan: bool) -> None:
    assert is_orphan_task(name) is orphan
