"""packaging/bootstrap.sh on machines that lack everything, have everything, or fail half-way.

The machine is a folder: PATH holds only what the test puts there, so the real package manager
cannot be reached.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

TOOLS = (
    "bash", "cat", "cut", "dirname", "env", "grep", "head", "mkdir", "mktemp", "readlink", "rm",
    "sed", "sha256sum", "sort", "tail", "uname", "xargs",
)  # fmt: skip
MANAGERS = {"apt": "apt-get", "dnf": "dnf", "zypper": "zypper", "pacman": "pacman"}


class Machine:
    """A machine that has only basic tools and what the test gives to it.

    Attributes:
        checkout: a copy of the project's scripts.
        calls: what its package manager was asked, one command a line.
    """

    def __init__(self, folder: Path, *, uid: int = 0) -> None:
        self.checkout = folder / "checkout"
        (self.checkout / "packaging").mkdir(parents=True)
        for name in ("run.sh", "requirements.lock", "packaging/bootstrap.sh"):
            shutil.copy(ROOT / name, self.checkout / name)
        self._bin = folder / "bin"
        self._bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self._bin / tool).symlink_to(found)
        self._record = folder / "calls"
        self._scratch = folder / "scratch"
        self._scratch.mkdir()
        self.has("ldconfig", "exit 0")  # no library at all
        self.has("id", f"echo {uid}")

    def has(self, command: str, script: str = "exit 0") -> None:
        """Give the machine a command, in place of the one it has."""
        file = self._bin / command
        file.unlink(missing_ok=True)  # it may be a link to the real tool: never write through it
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def has_manager(self, manager: str, script: str = "exit 0") -> None:
        """Give it a package manager that writes down what it was asked, then runs `script`."""
        command = MANAGERS[manager]
        self.has(command, f'echo "{command} $*" >>"{self._record}"\n{script}')

    @property
    def calls(self) -> list[str]:
        """What the package manager was asked."""
        return self._record.read_text().splitlines() if self._record.exists() else []

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Start ./run.sh without a terminal."""
        return self._start([str(self.checkout / "run.sh"), *arguments], variables)

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `script` with the functions of bootstrap.sh."""
        setup = f"set -euo pipefail; . {self.checkout}/packaging/bootstrap.sh; {script}"
        return self._start(["-c", setup], variables)

    def files(self) -> list[str]:
        """Everything in the checkout."""
        return sorted(str(path) for path in self.checkout.rglob("*"))

    def _start(
        self, arguments: list[str], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._bin / "bash", *arguments],
            env={"PATH": str(self._bin), "TMPDIR": str(self._scratch), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of its own, where we are root."""
    return Machine(tmp_path)


def test_without_consent_the_command_is_shown_and_nothing_is_changed(machine: Machine) -> None:
    machine.has_manager("apt")
    before = machine.files()

    result = machine.run()

    assert result.returncode == 3
    assert "apt-get install -y --no-install-recommends" in result.stderr
    assert "qemu-system-x86" in result.stderr or "qemu-system-arm" in result.stderr
    assert "--yes" in result.stderr
    assert machine.calls == []
    assert machine.files() == before


def test_with_consent_exactly_the_shown_command_runs(machine: Machine) -> None:
    machine.has_manager("apt")

    result = machine.run("--yes")

    update, install = machine.calls
    assert update == "apt-get update"
    assert install in result.stderr.replace(" \n", "\n")
    assert "Going on without: python" in result.stderr  # this manager installs nothing
    assert result.returncode == 3
    assert "Python 3.11, 3.12 or 3.13" in result.stderr


def test_a_person_who_cannot_become_root_is_told_what_root_must_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, uid=1000)
    machine.has_manager("apt")

    result = machine.run("--yes")

    assert result.returncode == 3
    assert "as root" in result.stderr
    assert "apt-get install" in result.stderr
    assert machine.calls == []


@pytest.mark.parametrize("tool", ["sudo", "pkexec", "doas"])
def test_a_person_installs_through_what_makes_them_root(tmp_path: Path, tool: str) -> None:
    machine = Machine(tmp_path, uid=1000)
    machine.has_manager("apt")
    machine.has(tool, 'exec "$@"')

    result = machine.run("--yes")

    assert f"{tool} env DEBIAN_FRONTEND=noninteractive apt-get install" in result.stderr
    assert len(machine.calls) == 2


def test_a_failing_package_manager_shows_its_last_words(machine: Machine) -> None:
    machine.has_manager("apt", 'echo "no space left"; exit 100')

    result = machine.run("--yes")

    assert result.returncode == 4
    assert "no space left" in result.stderr
    assert "everything it said is in" in result.stderr


def test_without_a_known_package_manager_the_needs_are_named(machine: Machine) -> None:
    result = machine.run("--yes")

    assert result.returncode == 3
    assert "no known package manager" in result.stderr
    assert "qemu" in result.stderr


def test_no_system_asks_for_nothing(machine: Machine) -> None:
    machine.has_manager("apt")

    result = machine.run("--no-system")

    assert machine.calls == []
    assert "Going on without" in result.stderr


def test_where_nothing_is_missing_no_package_manager_is_asked(machine: Machine) -> None:
    machine.has_manager("apt")

    result = machine.shell("missing_features() { :; }; setup_system; echo done")

    assert result.stdout == "done\n"
    assert result.stderr == ""
    assert machine.calls == []


def test_options_are_taken_out_and_the_rest_keeps_its_order(machine: Machine) -> None:
    result = machine.shell(
        'read_options create --yes "a  b" -y --no-system --iso x; '
        'printf "%s|" "${ARGS[@]}" "$ASSUME_YES" "$SKIP_SYSTEM"'
    )

    assert result.stdout == "create|a  b|--iso|x|1|1|"


def features(machine: Machine) -> list[str]:
    """Everything that the tests, which need most, ask for."""
    return machine.shell("features", WANT_TEST="1").stdout.split()


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
@pytest.mark.parametrize("manager", MANAGERS)
def test_every_need_has_a_package_in_every_manager(
    machine: Machine, manager: str, architecture: str
) -> None:
    machine.has_manager(manager)
    machine.has("uname", f"echo {architecture}")
    wanted = features(machine)

    assert {"python", "qemu", "ovmf", "xvfb"} <= set(wanted)
    for feature in wanted:
        names = machine.shell(f"packages {manager} {feature}").stdout.split()
        assert names, f"{manager} has no name for {feature}"


def test_every_need_has_a_probe(machine: Machine) -> None:
    for feature in features(machine):
        assert machine.shell(f"declare -F has_{feature}").returncode == 0, feature


def test_the_first_run_needs_no_test_tools(machine: Machine) -> None:
    plain = machine.shell("features").stdout.split()
    with_disc = machine.shell("features", WANT_DISC="1").stdout.split()

    assert not {"nasm", "xvfb", "openbox", "xdotool"} & set(plain)
    assert set(with_disc) - set(plain) == {"nasm"}


def test_rpm_systems_get_the_newest_python_that_fits(machine: Machine) -> None:
    machine.has("dnf", 'case "$*" in *"= 3.12"*) echo python3.12 ;; esac')

    result = machine.shell("packages dnf python")

    assert result.stdout == "python(abi) = 3.12\n"


def test_a_library_is_found_by_its_whole_name(machine: Machine) -> None:
    machine.has("ldconfig", r'printf "\tlibGL.so.10 (libc6) => x\n\tlibEGL.so.1 (libc6) => x\n"')

    assert machine.shell("has_libraries libEGL.so.1").returncode == 0
    assert machine.shell("has_libraries libGL.so.1").returncode == 1
    assert machine.shell("has_libraries libEGL.so.1 libGL.so.1").returncode == 1


@pytest.mark.parametrize(
    ("version", "fits"), [("3.10", 1), ("3.11", 0), ("3.13", 0), ("3.14", 1), ("4.0", 1)]
)
def test_only_the_supported_pythons_fit(machine: Machine, version: str, fits: int) -> None:
    # Our own interpreter, which tells another version to the check.
    numbers = version.replace(".", ", ")
    machine.has(
        "python3", f'exec {sys.executable} -c "import sys; sys.version_info = ({numbers}); $2"'
    )

    assert machine.shell("python_fits python3").returncode == fits


def test_an_environment_is_made_again_when_the_lock_has_changed(machine: Machine) -> None:
    binaries = machine.checkout / ".venv/bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text("#!/bin/sh\necho Python 3.12.1\n")
    (binaries / "python").chmod(0o755)
    stamp = 'stamp_for "$VENV/bin/python" >"$VENV/.stamp"; venv_is_current'

    assert machine.shell("venv_is_current").returncode == 1
    assert machine.shell(stamp).returncode == 0
    assert machine.shell("venv_is_current").returncode == 0
    with (machine.checkout / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert machine.shell("venv_is_current").returncode == 1
